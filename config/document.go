package config

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/tailscale/hujson"
)

// document is a prefs.json whose keys are known and given once; the values are not checked yet.
type document struct {
	file     string
	src      []byte
	accounts hujson.Value
	prefs    map[string]given
}

// parse reads JSON with comments and trailing commas. A byte order mark, as Windows writes it, is no error.
func parse(file string, src []byte) (document, error) {
	doc := document{file: file, src: bytes.TrimPrefix(src, []byte("\ufeff")), prefs: map[string]given{}}
	root, err := hujson.Parse(doc.src)
	if err != nil {
		return doc, fail(file, "%s", syntaxError(err))
	}
	top, err := doc.members(root, "the file", []string{"accounts", "prefs"}, "$schema")
	if err != nil {
		return doc, err
	}
	doc.accounts = top["accounts"]
	prefs, ok := top["prefs"]
	if !ok {
		return doc, nil
	}
	members, err := doc.members(prefs, "prefs", keyNames())
	for name, v := range members {
		doc.prefs[name] = given{doc.at(v), newLiteral(v)}
	}
	return doc, err
}

// syntaxError keeps the parser's line and column only: its text quotes the file, and a password may stand there.
func syntaxError(err error) string {
	var line, column int
	if _, scan := fmt.Sscanf(err.Error(), "hujson: line %d, column %d:", &line, &column); scan != nil {
		return "is not JSON"
	}
	return fmt.Sprintf("is not JSON: line %d, column %d", line, column)
}

// members reads an object whose keys are known and distinct.
func (d document) members(v hujson.Value, what string, valid []string, tolerated ...string,
) (map[string]hujson.Value, error) {
	object, ok := v.Value.(*hujson.Object)
	if !ok {
		return nil, fail(d.at(v), "%s must be an object, not %s", what, newLiteral(v))
	}
	members := map[string]hujson.Value{}
	for _, m := range object.Members {
		name := newLiteral(m.Name).text
		if _, twice := members[name]; twice {
			return nil, fail(d.at(m.Name), "key %q is given twice", name)
		}
		if !slices.Contains(valid, name) && !slices.Contains(tolerated, name) {
			return nil, d.unknown(m.Name, name, what, valid)
		}
		members[name] = m.Value
	}
	return members, nil
}

func (d document) unknown(at hujson.Value, name, what string, valid []string) error {
	if slices.Contains(keyNames(), name) {
		return fail(d.at(at), "key %q belongs into \"prefs\"", name)
	}
	return fail(d.at(at), "unknown key %q in %s: the nearest valid key is %q", name, what, Nearest(name, valid))
}

// at is file:line of a value.
func (d document) at(v hujson.Value) string {
	return fmt.Sprintf("%s:%d", d.file, 1+bytes.Count(d.src[:v.StartOffset], []byte("\n")))
}

func newLiteral(v hujson.Value) literal {
	switch t := v.Value.(type) {
	case hujson.Literal:
		return literal{kind: t.Kind(), text: t.String()}
	case *hujson.Array:
		l := literal{kind: '['}
		for _, item := range t.Elements {
			l.items = append(l.items, newLiteral(item))
		}
		return l
	}
	return literal{kind: '{'}
}
