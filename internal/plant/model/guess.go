package model

import (
	"strings"
)

// oneOf says what would be right in place of a word: the one that was most
// likely meant, and else all that are allowed.
func oneOf(said string, allowed []string) string {
	if best := nearest(said, allowed); best != "" {
		return "did you mean " + best + "?" + others(allowed)
	}
	if len(allowed) == 0 {
		return ""
	}
	return "it is one of " + enumerate(allowed)
}

// fewWords is up to how many words a hint lists.
const fewWords = 16

func others(allowed []string) string {
	if len(allowed) > fewWords {
		return ""
	}
	return " It is one of " + enumerate(allowed)
}

func enumerate(words []string) string {
	if len(words) > fewWords {
		return strings.Join(words[:fewWords], ", ") + " …"
	}
	return strings.Join(words, ", ")
}

// nearest is the word that differs least, "" if none is near.
func nearest(said string, allowed []string) string {
	said = strings.ToLower(said)
	best, least := "", len(said)/3+1
	if least > 3 {
		least = 3
	}
	for _, word := range allowed {
		lower := strings.ToLower(word)
		n := distance(said, lower, least)
		if n > least && len(said) >= 3 && (strings.HasPrefix(lower, said) || strings.HasPrefix(said, lower) && len(lower) >= 3) {
			n = least
		}
		if n <= least && (best == "" || n < least) {
			best, least = word, n
		}
	}
	return best
}

// distance is how many letters must be put in, taken out, changed or swapped
// with the next; more than limit is only said to be more.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
