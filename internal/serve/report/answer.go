package report

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// answer is how things stand in one sentence: what is said plainly, what stands
// out, and what follows it.
type answer struct{ before, bold, after string }

func (a answer) String() string { return a.before + a.bold + a.after }

func (m *summary) answer(findings []plant.Finding) answer {
	if m.packets == 0 && m.assets == 0 && m.conversations == 0 {
		return answer{before: "The capture is empty: it holds no packets."}
	}
	n := byLevel(findings)
	switch {
	case n["high"] > 0:
		return answer{bold: findings[0].Title, after: others(n["high"]-1, ": this needs someone today.", "needs someone today.", "need someone today.")}
	case n["medium"] > 0:
		return answer{"Nothing stands out as urgent, but ", lower(findings[0].Title), others(n["medium"]-1, ": ask why.", "needs an explanation.", "need an explanation.")}
	case n["low"] > 0:
		return answer{before: fmt.Sprintf("Nothing alarming stands out. %s worth a look when there is time.", things(n["low"], "thing is", "things are"))}
	}
	return answer{before: "Nothing looked wrong in what could be read."}
}

// others ends the sentence that a finding's title began.
func others(n int, none, one, many string) string {
	switch n {
	case 0:
		return none
	case 1:
		return ", and one other thing " + one
	}
	return fmt.Sprintf(", and %d other things %s", n, many)
}

func things(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", thousands(uint64(n)), many)
}

// lower makes the first letter small, for a title within a sentence.
func lower(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsUpper(next) {
		return s // an abbreviation
	}
	return string(unicode.ToLower(r)) + s[n:]
}

func byLevel(findings []plant.Finding) map[string]int {
	n := map[string]int{}
	for i := range findings {
		n[findings[i].Level]++
	}
	return n
}

// A week shows what a plant does; an hour shows its cycles and nothing rare.
const (
	week     = 7 * 24 * time.Hour
	longHour = time.Hour
)

// unseen says what the captures cannot show, the most important first.
func (m *summary) unseen(s *Source) []string {
	var list []string
	say := func(when bool, format string, args ...any) {
		if when {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	d := m.last.Sub(m.first)
	switch {
	case m.packets == 0 && m.assets == 0:
		say(true, "Nothing: the capture holds no packets. Check that the SPAN port mirrors traffic and that the capture ran.")
	case m.last.IsZero(): // a log that tells no time
	case d < longHour:
		say(true, "The capture lasts %s. Shift changes, weekly jobs, backups and rare visitors are not in it; capture a week where you can.", duration(d))
	case d < week:
		say(true, "The capture lasts %s. What happens weekly or rarer is not in it.", duration(d))
	}
	m.placeBlind(say)
	m.trafficBlind(say)
	captureBlind(s, say)
	return list
}

type sayFunc func(when bool, format string, args ...any)

// placeBlind is about what the place of the tap leaves unseen.
func (m *summary) placeBlind(say sayFunc) {
	inside := m.assets - m.external
	say(inside > 0 && m.sides[plant.SideIT] == 0, "No office device was seen, so nothing here proves that the office cannot reach the plant. A tap at the boundary between the two would show it.")
	say(inside > 0 && m.sides[plant.SideOT] == 0, "No plant device was recognised. If this tap should see controllers, check which ports and VLANs it mirrors.")
	say(m.sides[plant.SideUnknown] > 0, "%s neither on the plant floor nor in the office: nothing they sent says where they belong.", things(m.sides[plant.SideUnknown], "asset is placed", "assets are placed"))
	say(inside > m.identified, "The product is not known of %s of %s: only an address, a manufacturer or a system was given away.",
		thousands(uint64(inside-m.identified)), things(inside, "asset", "assets"))
}

// trafficBlind is about conversations that are incomplete or cannot be read.
func (m *summary) trafficBlind(say sayFunc) {
	say(m.half > 0, "%s seen from one side only. The SPAN port mirrors one direction, or the answers take another way.", things(m.half, "TCP conversation is", "TCP conversations are"))
	say(m.gaps > 0, "%s of %s missing from the capture: packets were dropped on the way to the file.", size(m.lost), things(m.gaps, "conversation is", "conversations are"))
	share := func(n uint64) float64 { return 100 * float64(n) / float64(max(m.bytes, 1)) }
	say(m.encrypted > 0, "%s (%.0f %% of the bytes) are encrypted: who talks to whom is shown, what they say is not.", size(m.encrypted), share(m.encrypted))
	say(m.unread > 0 && share(m.unread) >= 1, "%s (%.0f %% of the bytes) are in conversations whose content no decoder confirmed; their protocol is told by the port, or unknown.", size(m.unread), share(m.unread))
}

// captureBlind is about the files.
func captureBlind(s *Source, say sayFunc) {
	for i := range s.Captures {
		c := &s.Captures[i]
		name := base(c.File)
		say(c.Problem != "", "%s: reading stopped early: %s.", name, c.Problem)
		what := "packet"
		if c.Lines > 0 {
			what = "line"
		}
		say(c.Truncated, "%s ends in the middle of a %s: the recording was cut off.", name, what)
		for _, n := range c.Notes {
			say(true, "%s: %s.", name, n)
		}
		say(c.Undecoded > 0, "%s: %s could not be read (an unknown link or network layer, or damaged).", name, things(int(c.Undecoded), "packet", "packets"))
	}
}

// base is the file's name without its folder.
func base(file string) string {
	name := clean(file)
	if name == "-" {
		return "standard input"
	}
	if i := strings.LastIndexAny(name, `/\`); i >= 0 && i < len(name)-1 {
		return name[i+1:]
	}
	return name
}
