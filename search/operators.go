package search

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/xrash/smetrics"

	"lama/archive"
)

// examples show each operator.
var examples = map[string]string{
	"from": "from:ana@home.example, or from:ana", "to": "to:ana@home.example, or to:ana", "by": "by:ana@home.example, or by:ana",
	"in":  "in:posts, boosts, favourites, bookmarks, mentions or polls",
	"has": "has:image, video, audio, media, poll, link or cw", "is": "is:reply, edited, deleted or sensitive",
	"before": "before:2024-05-31, 2024-05 or 2024", "after": "after:2024-05-31, 2024-05 or 2024",
	"during": "during:2024-05-31, 2024-05 or 2024", "language": "language:de", "tag": "tag:garden",
}

// facts are the operators that ask the index.
var facts = map[string]func(item) (Expr, error){
	"from":     person,
	"to":       person,
	"has":      func(i item) (Expr, error) { return oneOf(i, choices["has"]) },
	"is":       func(i item) (Expr, error) { return oneOf(i, choices["is"]) },
	"tag":      tag,
	"language": func(i item) (Expr, error) { return term(Fact("language", i.text)), nil },
}

// conditions are the operators that hold for the whole search.
var conditions map[string]func(*parser, item) error

func init() { // they read the parser, which reads them
	conditions = map[string]func(*parser, item) error{
		"in": (*parser).in, "by": (*parser).done, "before": (*parser).date, "after": (*parser).date, "during": (*parser).date,
	}
}

func term(t string) Expr { return Expr{Terms: []string{t}} }

// person reads from: or to:, of which the user alone is enough.
func person(i item) (Expr, error) {
	handles := Handles(i.operator, i.text)
	if handles == nil {
		return Expr{}, mistake("%s: an account is missing: %s", i, examples[i.operator])
	}
	return term(handles[0]), nil
}

func tag(i item) (Expr, error) {
	name := strings.TrimPrefix(i.text, "#")
	if name == "" {
		return Expr{}, mistake("%s: a tag is missing: %s", i, examples["tag"])
	}
	return term(Fact("tag", name)), nil
}

func oneOf(i item, values []string) (Expr, error) {
	value := strings.ToLower(i.text)
	if !slices.Contains(values, value) {
		return Expr{}, mistake("%s: the nearest is %s:%s; there are %s", i, i.operator, nearest(value, values), examples[i.operator])
	}
	return term(Fact(i.operator, value)), nil
}

// deletion says whether an item is is:deleted, which no version of a post says; the other values of is: are facts.
func deletion(i item) bool { return i.operator == "is" && strings.EqualFold(i.text, "deleted") }

var bases = map[string]archive.Base{
	"posts": archive.BasePost, "boosts": archive.BaseReblog, "favourites": archive.BaseFavourite, "favorites": archive.BaseFavourite,
	"bookmarks": archive.BaseBookmark, "mentions": archive.BaseMention, "polls": archive.BasePoll,
}

func (p *parser) in(i item) error {
	d := Doing{Not: i.not}
	for name := range strings.SplitSeq(strings.ToLower(i.text), ",") {
		base, ok := bases[name]
		if !ok {
			return mistake("%s: the nearest is in:%s; there are %s", i, nearest(name, choices["in"]), examples["in"])
		}
		d.Bases = append(d.Bases, base)
	}
	p.doing = append(p.doing, d)
	return nil
}

// done reads by:. Several are one of them; what in: asks for was done by them.
func (p *parser) done(i item) error {
	var by []string
	for name := range strings.SplitSeq(i.text, ",") {
		if name = strings.ToLower(strings.TrimPrefix(name, "@")); name == "" {
			return mistake("%s: an account is missing: %s", i, examples["by"])
		}
		by = append(by, name)
	}
	if i.not {
		p.doing = append(p.doing, Doing{Not: true, By: by})
		return nil
	}
	p.by = append(p.by, by...)
	return nil
}

// operator says whether a word before a colon is one. Where it nearly is, it was meant to be.
func operator(name, value string) (bool, error) {
	lower := strings.ToLower(name)
	if _, ok := examples[lower]; ok {
		return true, nil
	}
	letters := !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) })
	if !letters || len(name) < 3 || value == "" || strings.HasPrefix(value, "//") {
		return false, nil
	}
	near := nearest(lower, slices.Sorted(maps.Keys(examples)))
	if distance(lower, near) > len(near)/2 {
		return false, nil
	}
	return false, mistake(`there is no operator %s: the nearest is %s:%s; as text it is "%s:%s"`, name, near, value, name, value)
}

// nearest is what a word was meant to be. People get the beginning right sooner than the rest.
func nearest(word string, valid []string) string {
	apart := func(v string) int { return distance(word, v) - 2*shared(word, v) }
	return slices.MinFunc(valid, func(a, b string) int { return apart(a) - apart(b) })
}

// shared is how many bytes two words begin with alike.
func shared(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

func distance(a, b string) int { return smetrics.WagnerFischer(a, b, 1, 1, 1) }
