// Package stream reads JSON files of any size item by item: no more than one item is held in memory, and none that is
// larger than any export has.
package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Kind is what is read of a member of the file's object.
type Kind int

// The kinds.
const (
	Skip   Kind = iota // nothing
	Whole              // the value, as one item
	Items              // of an array each value, as an item; nothing where it is none
	Within             // of an object its members, as if they stood around it; nothing where it is none
)

// Largest is how large an item may be, in bytes. A post of Mastodon takes 2 kB.
const Largest = 16 << 20

const deepest = 1000 // levels

var (
	errLarge  = fmt.Errorf("an item has more than %d MB: nothing that servers write is like that", Largest>>20)
	errNested = errors.New("it is nested too deep: nothing that servers write is like that")
	errEnough = errors.New("nobody wants more")
)

// Each reads a file that holds an object: of its members what kind says, and calls yield with each item and its number in
// its array, from 1. Names may come twice (Mastodon writes two @context). An error comes after all items before it; yield
// ends the reading by returning false. What is yielded belongs to whom it is yielded to.
func Each(r io.Reader, kind func(member string) Kind, yield func(member string, n int, item json.RawMessage) bool) error {
	within := &allowance{r: r, left: Largest}
	s := &reading{d: json.NewDecoder(within), within: within, kind: kind, yield: yield}
	token, err := s.d.Token()
	if err == nil && token != json.Delim('{') {
		return errors.New("it is no JSON object")
	}
	if err == nil {
		err = s.members(0)
	}
	switch {
	case errors.Is(err, errEnough):
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("it ends in the middle, after %d items", s.n)
	case err != nil && s.n > 0:
		return fmt.Errorf("after %d items: %w", s.n, err)
	}
	return err
}

type reading struct {
	d      *json.Decoder
	within *allowance
	kind   func(string) Kind
	yield  func(string, int, json.RawMessage) bool
	n      int // items so far
}

// members reads an object, whose beginning was read, to its end.
func (s *reading) members(depth int) error {
	for s.d.More() {
		key, err := s.d.Token()
		if err != nil {
			return err
		}
		member, _ := key.(string)
		if err := s.member(member, depth); err != nil {
			return err
		}
	}
	_, err := s.d.Token()
	return err
}

func (s *reading) member(member string, depth int) error {
	kind := s.kind(member)
	if kind == Whole {
		return s.item(member, 1)
	}
	value, err := s.d.Token()
	switch {
	case err != nil:
		return err
	case kind == Items && value == json.Delim('['):
		return s.items(member)
	case kind == Within && value == json.Delim('{') && depth == 0:
		return s.members(depth + 1)
	}
	return s.skip(value)
}

func (s *reading) items(member string) error {
	for n := 1; s.d.More(); n++ {
		if err := s.item(member, n); err != nil {
			return err
		}
	}
	_, err := s.d.Token()
	return err
}

func (s *reading) item(member string, n int) error {
	var item json.RawMessage
	if err := s.d.Decode(&item); err != nil {
		return err
	}
	s.within.left = Largest
	s.n++
	if !s.yield(member, n, item) {
		return errEnough
	}
	return nil
}

// skip reads a value, of which the first token was read, to its end. It may be of any size.
func (s *reading) skip(token json.Token) error {
	for depth := 0; ; {
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		switch {
		case depth == 0:
			return nil
		case depth > deepest:
			return errNested
		}
		s.within.left = Largest
		var err error
		if token, err = s.d.Token(); err != nil {
			return err
		}
	}
}

// allowance is a reader that may be read for so much more.
type allowance struct {
	r    io.Reader
	left int
}

func (a *allowance) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, errLarge
	}
	n, err := a.r.Read(p)
	a.left -= n
	return n, err
}
