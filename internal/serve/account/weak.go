package account

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	minPassword = 12
	maxPassword = 256
	// minOwn is how many characters must be left of a password when common
	// words, names, runs and repetitions are taken out of it.
	minOwn = 6
)

// checkPassword refuses what is guessed first. There is no rule for kinds of
// characters: they make passwords that are hard to remember and easy to guess
// (NIST SP 800-63B appendix A). What counts is what is left when everything is
// taken out that a program that guesses would try.
func checkPassword(password string, own ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return refuse(ErrInvalid, "The password is no text.")
	case n < minPassword:
		return refuse(ErrInvalid, fmt.Sprintf("The password has %d characters; it needs at least %d. A few words that do not belong together are easy to remember.", n, minPassword))
	case n > maxPassword:
		return refuse(ErrInvalid, fmt.Sprintf("The password has %d characters; at most %d are taken.", n, maxPassword))
	}
	text := plain(password)
	for _, o := range own {
		for _, part := range strings.FieldsFunc(plain(o), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(part) >= 3 && strings.Contains(text, part) && left(strings.ReplaceAll(text, part, "")) < minOwn {
				return refuse(ErrInvalid, "The password is made of the account's own name or address. Take words that nobody connects with it.")
			}
		}
	}
	if left(text) < minOwn {
		return refuse(ErrInvalid, "This password is one of those that are guessed first: a common word, a date, a row of the keyboard or a repetition. Take a few words that do not belong together.")
	}
	return nil
}

// plain undoes what people do to words to make passwords of them: capitals and
// look-alikes.
func plain(s string) string {
	return strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t").Replace(strings.ToLower(string(normal(s))))
}

// left is how many characters a guesser would have to try one by one: those
// that stand in no common word, no run and no repetition, counted once for each
// place, and only as many as differ.
func left(text string) int {
	for _, w := range commonWords() {
		text = strings.ReplaceAll(text, w, " ")
	}
	runes := []rune(strings.Join(strings.Fields(strip(text)), ""))
	n := 0
	distinct := map[rune]bool{}
	for i, r := range runes {
		distinct[r] = true
		if i > 0 && (runes[i-1] == r || follows(runes[i-1], r)) || repeats(runes, i) {
			continue
		}
		n++
	}
	return min(n, 2*len(distinct))
}

// strip takes away what stands between words.
func strip(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPunct(r) || unicode.IsSymbol(r) {
			return ' '
		}
		return r
	}, text)
}

// keyboard has the rows of keyboards, by which fingers run. Digits were
// replaced by letters that look alike, so their row is written so.
var keyboard = []string{"qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm", "i2eas6t89o", "abcdefghijklmnopqrstuvwxyz", "qaywsxedcrfvtgb", "qazwsxedcrfvtgb"}

// follows reports whether one character comes after or before another in a row.
func follows(a, b rune) bool {
	return slices.ContainsFunc(keyboard, func(row string) bool {
		i, j := strings.IndexRune(row, a), strings.IndexRune(row, b)
		return i >= 0 && j >= 0 && (j-i == 1 || i-j == 1)
	})
}

// repeats reports whether the three characters that end at i stood before.
func repeats(runes []rune, i int) bool {
	if i < 2 {
		return false
	}
	return strings.Contains(string(runes[:i]), string(runes[i-2:i+1]))
}

// commonWords are what passwords are made of where people make them in a hurry,
// without capitals and look-alikes, longest first: general ones in the languages
// of the plants we know, and the words of the trade that stand in manuals as
// defaults.
func commonWords() []string { return common }

var common = func() []string {
	list := strings.Fields(`
password passwort passwd kennwort parole motdepasse contrasena wachtwoord haslo heslo senha salasana losenord
letmein welcome willkommen bienvenue bienvenido benvenuto hello hallo bonjour hola secret geheim
admin administrator administrateur root superuser supervisor operator service engineer maintenance wartung
user benutzer guest gast test tester testing demo default changeme change temporary temp login account office
monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag
january february march april june july august september october november december
januar februar maerz juni juli oktober dezember
spring summer autumn winter sommer herbst fruehling
love iloveyou liebe amour baby angel princess prinzessin sunshine sonnenschein dragon master monkey shadow
football fussball soccer baseball hockey basketball superman batman pokemon starwars hunter killer ranger
freedom freiheit whatever trustno nothing flower blume cookie cheese chocolate pepper ginger tiger panther mustang ferrari porsche mercedes
michael thomas daniel andreas stefan christian martin peter robert jennifer jessica andrea sandra nicole anna maria julia
berlin hamburg muenchen munich london paris madrid vienna wien zurich dortmund bayern schalke arsenal chelsea liverpool barcelona
computer internet windows microsoft google apple server network netzwerk firewall router switch system database backup
bulkhead siemens simatic rockwell allenbradley schneider modicon wonderware factory plant anlage werk produktion production
scada machine maschine controller steuerung automation robot profinet modbus
company firma security sicherheit safety
qwerty qwertz azerty asdf yxcv zxcv
the and my ist das der die
`)
	for year := 1940; year <= 2040; year++ {
		list = append(list, plain(fmt.Sprint(year)))
	}
	for i, w := range list {
		list[i] = plain(w)
	}
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(list)
}()
