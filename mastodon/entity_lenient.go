package mastodon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// object is a JSON object whose values are read one by one: encoding/json gives a struct up at its first value
// of a wrong type, and servers of a dozen makes send many. A nil object is an empty one.
type object map[string]json.RawMessage

func decodeObject(data []byte) (object, error) {
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		if json.Valid(data) {
			return nil, errNoObject
		}
		return nil, fmt.Errorf("%w: %w", errNoObject, err)
	}
	if o == nil { // null
		return nil, errNoObject
	}
	return o, nil
}

// text is a string, or a number as it was written (ids never pass through a float). PostgreSQL stores no NUL:
// U+FFFD stands in for it.
func (o object) text(key string) string {
	raw := o[key]
	if len(raw) == 0 {
		return ""
	}
	switch c := raw[0]; {
	case c == '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return ""
		}
		return strings.ReplaceAll(s, "\x00", "\uFFFD")
	case c == '-' || '0' <= c && c <= '9':
		return string(raw)
	}
	return ""
}

// ghost is Akkoma's id of what exists but is not known there; asking for it is always a 404.
const ghost = "_"

// id is the id of another status, or empty.
func (o object) id(key string) string {
	if id := o.text(key); id != ghost {
		return id
	}
	return ""
}

// object is a nested object, or nil.
func (o object) object(key string) object { return nested(o[key]) }

// nested is a value as an object, or nil.
func nested(value []byte) object {
	if !bytes.HasPrefix(value, []byte("{")) {
		return nil
	}
	o, _ := decodeObject(value) // the JSON around it was valid
	return o
}

// bytes is a nested object as it was written, or nil.
func (o object) bytes(key string) []byte {
	if raw := o[key]; bytes.HasPrefix(raw, []byte("{")) {
		return raw
	}
	return nil
}

// list reads the objects of an array; whatever else is there is skipped.
func list[T any](o object, key string, read func(object) T) []T {
	var items []json.RawMessage
	if !bytes.HasPrefix(o[key], []byte("[")) || json.Unmarshal(o[key], &items) != nil {
		return nil
	}
	var values []T
	for _, item := range items {
		if v := nested(item); v != nil {
			values = append(values, read(v))
		}
	}
	return values
}
