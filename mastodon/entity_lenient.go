package mastodon

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"

	"github.com/tidwall/gjson"
)

// object is a JSON object whose values are read one by one: encoding/json gives a struct up at its first value
// of a wrong type, and servers of a dozen makes send many. A nil object is an empty one.
//
// Its members lie in the text that was scanned, once and without a copy: half of what a page cost was the copies that a
// map of raw values makes at each level.
type object []member

// A member is less than half of a gjson.Result: two fifths of the garbage of a page were these.
type member struct {
	name   string
	quoted bool   // it is a string
	text   string // what the string says; of another value the JSON
}

// mostNested is how deep encoding/json looks into JSON before it gives it up.
const mostNested = 10_000

// valid says whether a body is JSON. gjson tells in a third of the time, and knows no bound: it is for what can't be too deep.
func valid(body []byte) bool {
	if bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) > mostNested {
		return json.Valid(body)
	}
	return gjson.ValidBytes(body)
}

// decodeObject scans valid JSON: every body is checked whole when it comes, and an eighth of a run went into checking what
// lies in it again.
func decodeObject(data []byte) (object, error) {
	o := nested(gjson.Parse(view(data)))
	if o == nil {
		return nil, errNoObject
	}
	return o, nil
}

// view is a body as a string, without a copy: nobody changes what has come.
func view(body []byte) string {
	return unsafe.String(unsafe.SliceData(body), len(body)) // #nosec G103 -- a tenth of a run's garbage were the copies
}

// nested is a value as an object, or nil. The JSON around it was valid.
func nested(value gjson.Result) object {
	if !value.IsObject() {
		return nil
	}
	return make(object, 0, 40).with(value) // a status of Mastodon 4.5 has 33
}

// objects are those that [lent] lends: a thirteenth of a run's garbage were they.
var objects = sync.Pool{New: func() any { return new(make(object, 0, 40)) }}

// lent reads a value as an object, which is empty where it is none. Of what it is called with, read keeps texts alone.
func lent[T any](value gjson.Result, read func(object) T) T {
	if !value.IsObject() {
		return read(nil)
	}
	o := objects.Get().(*object)
	*o = (*o)[:0].with(value)
	result := read(*o)
	clear(*o)
	objects.Put(o)
	return result
}

// with is an object with the members of another one.
func (o object) with(other gjson.Result) object {
	other.ForEach(func(name, value gjson.Result) bool {
		m := member{name: name.Str, text: value.Raw}
		if value.Type == gjson.String {
			m.quoted, m.text = true, value.Str
		}
		o = append(o, m)
		return true
	})
	return o
}

// get is the value of a name; of several the last one, as encoding/json has it.
func (o object) get(name string) gjson.Result {
	for i := len(o) - 1; i >= 0; i-- {
		switch {
		case o[i].name != name:
		case o[i].quoted:
			return gjson.Result{Type: gjson.String, Str: o[i].text}
		default:
			return gjson.Parse(o[i].text)
		}
	}
	return gjson.Result{}
}

// text is a string, or a number as it was written (ids never pass through a float). PostgreSQL stores no NUL and nothing
// that is not UTF-8: U+FFFD stands in for it.
func (o object) text(name string) string {
	switch value := o.get(name); value.Type {
	case gjson.String:
		return wellFormed(value.Str)
	case gjson.Number:
		return value.Raw
	}
	return ""
}

// wellFormed looks first whether there is anything to be done, which ToValidUTF8 is slow to find out.
func wellFormed(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

// ghost is Akkoma's id of what exists but is not known there; asking for it is always a 404.
const ghost = "_"

// id is the id of another status, or empty.
func (o object) id(name string) string {
	if id := o.text(name); id != ghost {
		return id
	}
	return ""
}

// told is a boolean, or not known.
func (o object) told(name string) Told {
	switch o.get(name).Type {
	case gjson.True:
		return Told{true, true}
	case gjson.False:
		return Told{Known: true}
	}
	return Told{}
}

// decode reads valid JSON as [lent] does; it fails where that is no object.
func decode[T any](data []byte, read func(object) T) (result T, err error) {
	value := gjson.Parse(view(data))
	if !value.IsObject() {
		return result, errNoObject
	}
	return lent(value, read), nil
}

// object is a nested object, or nil.
func (o object) object(name string) object { return nested(o.get(name)) }

// bytes is a nested object as it was written, or nil.
func (o object) bytes(name string) []byte {
	if value := o.get(name); value.IsObject() {
		return unsafe.Slice(unsafe.StringData(value.Raw), len(value.Raw)) // #nosec G103 -- as in view
	}
	return nil
}

// list reads the objects of an array; whatever else is there is skipped. Of what it is called with, read keeps texts alone.
func list[T any](o object, name string, read func(object) T) []T {
	value := o.get(name)
	if !value.IsArray() {
		return nil
	}
	var values []T
	value.ForEach(func(_, item gjson.Result) bool {
		if item.IsObject() {
			values = append(values, lent(item, read))
		}
		return true
	})
	return values
}

// items are the items of an array, which lie in its bytes; ok is false where it is none. The JSON must be valid.
func items(data []byte) (all []json.RawMessage, ok bool) {
	array := gjson.Parse(view(data))
	if !array.IsArray() {
		return nil, false
	}
	all = []json.RawMessage{}
	array.ForEach(func(_, item gjson.Result) bool {
		end := item.Index + len(item.Raw)
		all = append(all, data[item.Index:end:end])
		return true
	})
	return all, true
}
