package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"
)

// literal is a value as it was written: with a JSON kind in the file, as bare text elsewhere.
type literal struct {
	kind  hujson.Kind // 0 outside of the file
	text  string
	items []literal // of a JSON array
}

// given is a literal and where it was given.
type given struct {
	source string
	literal
}

func envGiven(k Key, v string) given  { return given{k.Env(), literal{text: v}} }
func flagGiven(k Key, v string) given { return given{flagName(k), literal{text: v}} }

// is says whether the literal is of a JSON kind, or bare text, which may stand for anything.
func (l literal) is(kinds ...hujson.Kind) bool { return l.kind == 0 || slices.Contains(kinds, l.kind) }

// String is the literal as an error shows it.
func (l literal) String() string {
	switch l.kind {
	case '[':
		return "a list"
	case '{':
		return "an object"
	case 0, '"':
		return strconv.Quote(l.text)
	}
	return l.text
}

// setting is one field of a Config. Its errors go on after the key's name: "must be …, not …".
type setting interface {
	set(literal) error
	value() any
}

func mustBe(what string, l literal) error { return fmt.Errorf("must be %s, not %s", what, l) }

type toggle struct{ p *bool }

func (s toggle) value() any { return *s.p }

func (s toggle) set(l literal) error {
	if l.is('0', 't', 'f') {
		switch l.text {
		case "0", "false":
			*s.p = false
			return nil
		case "1", "true":
			*s.p = true
			return nil
		}
	}
	return mustBe("0 or 1 (or false or true)", l)
}

type whole[T int | int64] struct {
	p           *T
	least, most T
}

func (s whole[T]) value() any { return *s.p }

func (s whole[T]) set(l literal) error {
	n, err := strconv.ParseInt(l.text, 10, 64)
	if err != nil || !l.is('0') || n < int64(s.least) || n > int64(s.most) {
		return mustBe(fmt.Sprintf("a whole number from %d to %d", s.least, s.most), l)
	}
	*s.p = T(n)
	return nil
}

// pageSize takes LAMA's default for "not set": everybody who copied prefs.example.json has it.
type pageSize struct{ whole[int] }

func (s pageSize) set(l literal) error {
	err := s.whole.set(l)
	if *s.p == 25 {
		*s.p = 0
	}
	return err
}

type share struct{ p *float64 }

func (s share) value() any { return *s.p }

func (s share) set(l literal) error {
	f, err := strconv.ParseFloat(l.text, 64)
	if err != nil || !l.is('0') || !(f > 0 && f <= 1) {
		return mustBe("a number above 0, up to 1", l)
	}
	*s.p = f
	return nil
}

type choice struct {
	p     *string
	words []string
}

func (s choice) value() any { return *s.p }

func (s choice) set(l literal) error {
	if !l.is('"') || !slices.Contains(s.words, l.text) {
		return fmt.Errorf("must be one of %s, not %s: the nearest is %q",
			strings.Join(s.words, ", "), l, Nearest(l.text, s.words))
	}
	*s.p = l.text
	return nil
}

type text struct{ p *string }

func (s text) value() any { return *s.p }

func (s text) set(l literal) error {
	if !l.is('"') || l.text == "" {
		return mustBe("text", l)
	}
	*s.p = l.text
	return nil
}

// optional is text that may be empty.
type optional struct{ p *string }

func (s optional) value() any { return *s.p }

func (s optional) set(l literal) error {
	if !l.is('"') {
		return mustBe("text", l)
	}
	*s.p = l.text
	return nil
}

// hosts is a list of names or addresses; outside of the file they stand between commas.
type hosts struct{ p *[]string }

func (s hosts) value() any { return *s.p }

func (s hosts) set(l literal) error {
	if l.kind == 0 {
		for f := range strings.SplitSeq(l.text, ",") {
			if f = strings.TrimSpace(f); f != "" {
				l.items = append(l.items, literal{text: f})
			}
		}
	} else if l.kind != '[' {
		return mustBe("a list of hosts", l)
	}
	names := make([]string, 0, len(l.items))
	for _, item := range l.items {
		if !item.is('"') || item.text == "" || strings.ContainsAny(item.text, "/@ \t") {
			return errors.New("must be a list of hosts, without scheme or path; " + item.String() + " is none")
		}
		names = append(names, strings.ToLower(item.text))
	}
	*s.p = names
	return nil
}
