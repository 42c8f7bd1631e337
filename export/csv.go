package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// layout is how tables are written: what stands above the rows, which gets an example of one, and a row. Rows are JSON
// objects, each with a line break.
type layout struct {
	head, row func(w io.Writer, object []byte) error
}

// lineLayout: the objects as they are.
var lineLayout = layout{
	head: func(io.Writer, []byte) error { return nil },
	row: func(w io.Writer, object []byte) error {
		_, err := w.Write(object)
		return err
	},
}

// csvLayout is RFC 4180, with the names of the columns above. Every cell is quoted.
var csvLayout = layout{
	head: func(w io.Writer, object []byte) error {
		names, _, err := fields(object)
		return errors.Join(err, line(w, names))
	},
	row: func(w io.Writer, object []byte) error {
		_, cells, err := fields(object)
		return errors.Join(err, line(w, cells))
	},
}

func line(w io.Writer, cells []string) error {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + strings.ReplaceAll(cell(c), `"`, `""`) + `"`)
	}
	_, err := io.WriteString(w, b.String()+"\r\n")
	return err
}

// formulas are what a spreadsheet takes for a formula by its first character, and the mark against that.
const formulas = "=+-@\t\r\n＝＋－＠'"

// cell is a value that no spreadsheet runs. What strangers wrote would otherwise be able to send away what stands beside
// it. A mark stands before the mark itself too, so that whoever takes one ' off the beginning of a cell has the value.
func cell(value string) string {
	if value != "" && strings.ContainsRune(formulas, []rune(value)[0]) {
		return "'" + value
	}
	return value
}

// fields are the names and values of an object, in its order. Text is as it is, null is nothing, and everything else is
// JSON.
func fields(object []byte) (names, cells []string, err error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, errors.Join(errors.New("a row is no object"), err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, nil, err
		}
		names = append(names, name.(string))
		cells = append(cells, plain(value))
	}
	return names, cells, nil
}

func plain(value json.RawMessage) string {
	if string(value) == "null" {
		return ""
	}
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
