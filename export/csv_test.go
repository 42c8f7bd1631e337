package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNoCellIsAFormula(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "tea": "tea", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "@ana hello": "'@ana hello",
		"\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "＝1": "'＝1", "＠x": "'＠x", "'tis": "''tis", "1=1": "1=1",
	} {
		if got := cell(value); got != want {
			t.Errorf("%q became %q, want %q", value, got, want)
		}
	}
}

// As whoever reads it has it: a row per object, of which each cell is what it was once the mark is off.
func TestCSVIsReadBack(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("=+-@'\",;\n\t aé日＝\x00")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		type row struct{ A, B string }
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row { return row{text.Draw(t, "a"), text.Draw(t, "b")} }), 0, 4).Draw(t, "rows")
		var b bytes.Buffer
		write := func(put func(io.Writer, []byte) error, r row) error {
			object, err := json.Marshal(r)
			return errors.Join(err, put(&b, object))
		}
		want, err := [][]string{{"A", "B"}}, write(csvLayout.head, row{})
		for _, r := range rows {
			want = append(want, []string{r.A, r.B})
			err = errors.Join(err, write(csvLayout.row, r))
		}
		got, failed := csv.NewReader(&b).ReadAll()
		if err = errors.Join(err, failed); err != nil {
			t.Fatal(err)
		}
		for _, row := range got {
			for i, c := range row {
				if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r\n") {
					t.Errorf("%q may be run", c)
				}
				row[i] = strings.TrimPrefix(c, "'")
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

func TestValuesBecomeCells(t *testing.T) {
	names, cells, err := fields([]byte(`{"id":7,"text":"a \"b\"","none":null,"list":["x",1],"yes":true,"object":{"a":1}}` + "\n"))
	if d := cmp.Diff([]string{"id", "text", "none", "list", "yes", "object"}, names); d != "" || err != nil {
		t.Errorf("%s (%v)", d, err)
	}
	if d := cmp.Diff([]string{"7", `a "b"`, "", `["x",1]`, "true", `{"a":1}`}, cells); d != "" {
		t.Error(d)
	}
}
