package mastodontest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object that keeps the order of its fields, as servers' answers do. A map would sort them, and
// a struct could not leave one out on one kind of server and send null on another.
type object []field

type field struct {
	name  string
	value any
}

// set adds a field where the condition holds.
func (o *object) set(when bool, name string, value any) {
	if when {
		*o = append(*o, field{name, value})
	}
}

// list is a JSON array; nil is an empty one.
type list []any

// listOf makes an array.
func listOf[T any](items []T, value func(T) any) list {
	all := make(list, len(items))
	for i, item := range items {
		all[i] = value(item)
	}
	return all
}

// MarshalJSON writes the object as appendJSON does.
func (o object) MarshalJSON() ([]byte, error) { return appendJSON(nil, o), nil }

// appendJSON writes a value of the kinds that answers are made of. Numbers, unusual types and what is not valid
// UTF-8 go through encoding/json.
func appendJSON(b []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendString(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case object:
		return appendObject(b, v)
	case list:
		return appendList(b, v)
	case []string:
		return appendList(b, listOf(v, func(s string) any { return s }))
	case []object:
		return appendList(b, listOf(v, func(o object) any { return o }))
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("mastodontest: %v in an answer", err)) // only our own values come here
	}
	return append(b, text...)
}

func appendObject(b []byte, o object) []byte {
	b = append(b, '{')
	for i, f := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, f.name), ':')
		b = appendJSON(b, f.value)
	}
	return append(b, '}')
}

func appendList(b []byte, items list) []byte {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, item)
	}
	return append(b, ']')
}

// appendString leaves <, > and & as they are, as Rails does.
func appendString(b []byte, s string) []byte {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string can be encoded and a Builder written
	return append(b, strings.TrimSuffix(text.String(), "\n")...)
}

// orNull is a string, or null where it is empty.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// when writes a time as servers do, to the millisecond; null for the zero time.
func when(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
