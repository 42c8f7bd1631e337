//go:build sqlite

package lamatest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// object is a JSON object in its order.
type object []member

type member struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

func (o object) text(name string) string {
	if v := o.get(name); v != nil {
		return fmt.Sprint(v)
	}
	return ""
}

func (o object) object(name string) object {
	v, _ := o.get(name).(object)
	return v
}

func (o object) list(name string) (all []object) {
	values, _ := o.get(name).([]any)
	for _, v := range values {
		if v, ok := v.(object); ok {
			all = append(all, v)
		}
	}
	return all
}

// dates are the fields that Mastodon.py parses.
const dates = " created_at edited_at expires_at last_status_at "

// parse reads JSON as Mastodon.py does: dates become such, and what a status lacks is null.
func parse(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return value(d, "")
}

func value(d *json.Decoder, name string) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return array(d)
		}
		return members(d)
	case string:
		if strings.Contains(dates, " "+name+" ") {
			return pythonDate(t), nil
		}
	}
	return t, nil
}

func array(d *json.Decoder) (any, error) {
	all := []any{}
	for d.More() {
		v, err := value(d, "")
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	_, err := d.Token()
	return all, err
}

func members(d *json.Decoder) (any, error) {
	o := object{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := value(d, name.(string))
		if err != nil {
			return nil, err
		}
		o = append(o, member{name.(string), v})
	}
	_, err := d.Token()
	if o.get("uri") != nil && o.get("content") != nil { // a status
		for _, name := range []string{"quote", "edited_at", "poll", "quote_approval"} {
			if o.get(name) == nil {
				o = append(o, member{name, nil})
			}
		}
		o = append(o, member{"_mastopy_type", "Status"})
	}
	return o, err
}

// pythonDate is str(datetime): 2024-01-02 03:04:05.678000+00:00.
func pythonDate(s string) string {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		t, err := time.Parse(layout, s)
		switch {
		case err != nil:
			continue
		case layout == time.DateOnly:
			return t.Format(time.DateTime)
		case t.Nanosecond() == 0:
			return t.UTC().Format("2006-01-02 15:04:05-07:00")
		}
		return t.UTC().Format("2006-01-02 15:04:05.000000-07:00")
	}
	return s
}

// dumps is json.dumps(v, ensure_ascii=False), with indent=4 or without.
func dumps(v any, indent bool) string {
	var b strings.Builder
	dump(&b, v, indent, "\n")
	return b.String()
}

func dump(b *strings.Builder, v any, indent bool, line string) {
	comma := ", "
	if indent {
		comma = "," + line + "    "
	}
	enclose := func(open, end string, n int, each func(i int)) {
		b.WriteString(open)
		for i := range n {
			switch {
			case i > 0:
				b.WriteString(comma)
			case indent:
				b.WriteString(line + "    ")
			}
			each(i)
		}
		if indent && n > 0 {
			b.WriteString(line)
		}
		b.WriteString(end)
	}
	switch v := v.(type) {
	case object:
		enclose("{", "}", len(v), func(i int) {
			b.WriteString(quoted(v[i].name) + ": ")
			dump(b, v[i].value, indent, line+"    ")
		})
	case []any:
		enclose("[", "]", len(v), func(i int) { dump(b, v[i], indent, line+"    ") })
	case string:
		b.WriteString(quoted(v))
	case nil:
		b.WriteString("null")
	default:
		fmt.Fprint(b, v)
	}
}

func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string can be written
	return strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(b.String()), `\u2028`, "\u2028"), `\u2029`, "\u2029")
}
