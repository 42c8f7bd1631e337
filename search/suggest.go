package search

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// mostSuggestions is how many ways a search may go on are told.
const mostSuggestions = 8

// choices are the values of the operators that take no others.
var choices = map[string][]string{
	"in":  {"posts", "boosts", "favourites", "bookmarks", "mentions", "polls"},
	"has": {"image", "video", "audio", "media", "poll", "link", "cw"},
	"is":  {"reply", "edited", "deleted", "sensitive"},
}

// Suggest says how a search may go on whose end is still being written: whole searches, of which the last word has become
// an operator, or has a value of one. The values of from:, tag: and others are what the archive has, the best first: values
// tells them.
func Suggest(text string, values func(operator string) []string) []string {
	if strings.Count(text, `"`)%2 == 1 {
		return nil // inside a phrase
	}
	start := 0
	if i := strings.LastIndexAny(text, " \t\n\u00a0\u3000\""); i >= 0 {
		_, size := utf8.DecodeRuneInString(text[i:])
		start = i + size
	}
	if start < len(text) && text[start] == '-' {
		start++
	}
	name, value, isOperator := strings.Cut(text[start:], ":")
	if !isOperator {
		return withOperator(text[:start], name)
	}
	operator := strings.ToLower(name)
	known, limited := choices[operator]
	if _, ok := examples[operator]; !ok {
		return nil
	} else if !limited {
		known = values(operator)
	}
	if i := strings.LastIndexByte(value, ','); i >= 0 && (operator == "in" || operator == "by") { // one of several
		value = value[i+1:]
	}
	return withValue(strings.TrimSuffix(text, value), value, known)
}

func withOperator(before, word string) (all []string) {
	for _, operator := range slices.Sorted(maps.Keys(examples)) {
		if word != "" && strings.HasPrefix(operator, strings.ToLower(word)) {
			all = append(all, before+operator+":")
		}
	}
	return all
}

// withValue completes a value. One that is whole already is no suggestion.
func withValue(before, value string, known []string) (all []string) {
	begun := strings.ToLower(strings.TrimLeft(value, "@#"))
	for _, k := range known {
		if lower := strings.ToLower(k); len(all) < mostSuggestions && strings.HasPrefix(lower, begun) && lower != begun &&
			!strings.ContainsAny(k, " \t\n\u00a0\u3000\"") {
			all = append(all, before+k)
		}
	}
	return all
}
