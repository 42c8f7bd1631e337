package search

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
)

func (e *Expr) String() string {
	if e == nil {
		return ""
	}
	switch e.Op {
	case Terms:
		s := strings.Join(e.Terms, "_")
		if e.Prefix {
			s += "*"
		}
		return strings.Map(func(r rune) rune { // facts are readable
			if r >= 0xE000 && r < 0xE080 {
				return r - 0xE000
			}
			return r
		}, strings.TrimPrefix(s, Filler))
	}
	var of []string
	for i := range e.Of {
		of = append(of, e.Of[i].String())
	}
	return [...]string{All: "all", Any: "any", None: "none"}[e.Op] + "(" + strings.Join(of, " ") + ")"
}

func TestWordsAreReadAsTheyAreMeant(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"garden":                          "garden",
		"Jardín  CAFÉ":                    "all(jardin cafe)",
		`"over the  Hill"`:                "over_the_hill",
		"-rain":                           "none(rain)",
		`tea -"green tea"`:                "all(tea none(green_tea))",
		"tea OR coffee OR -milk":          "any(tea coffee none(milk))",
		"a tea OR coffee b":               "all(a any(tea coffee) b)",
		"or":                              "or",
		"-OR":                             "none(or)",
		`"OR"`:                            "or",
		"gard*":                           "gard*",
		`"the gard*"`:                     "the_gard*",
		"don't":                           "don_t",
		"10:30":                           "10_30",
		"https://home.example/x":          "https_home_example_x",
		"日本":                              "日本",
		"日":                               "日",
		"日本語":                             "日本_本_本語",
		"日本*":                             "日本",
		"新しいPC":                           "新し_し_しい_い_pc",
		"ｶﾞｰﾄﾞ":                           "ガー_ー_ード",
		"from:@Ana@Home.example":          "from=ana@home.example",
		"from:ana":                        "from=ana",
		`-to:bob tag:#Äpfel`:              "all(none(to=bob) tag=apfel)",
		"has:IMAGE OR has:video":          "any(has=image has=video)",
		"is:reply -is:edited language:DE": "all(is=reply none(is=edited) language=de)",
		"FROM:ana":                        "from=ana",
	} {
		q, err := Parse(text)
		if got := q.Find.String(); got != want || err != nil {
			t.Errorf("%s: got %q, want %q (%v)", text, got, want, err)
		}
	}
}

func TestConditionsAreRead(t *testing.T) {
	at := func(s string) time.Time { return archive.ParseTime(s).Time }
	for text, want := range map[string]Query{
		"in:posts":  {Done: []Doing{{Bases: []archive.Base{"post"}}}},
		"by:ana":    {Done: []Doing{{By: []string{"ana"}}}},
		"-by:ana":   {Done: []Doing{{Not: true, By: []string{"ana"}}}},
		"-in:polls": {Done: []Doing{{Not: true, Bases: []archive.Base{"poll"}}}},
		"in:boosts,favorites by:@Ana@home.example in:mentions": {Done: []Doing{
			{Bases: []archive.Base{"reblog", "favourite"}, By: []string{"ana@home.example"}},
			{Bases: []archive.Base{"mention"}, By: []string{"ana@home.example"}}}},
		"before:2024-05":                 {Before: at("2024-05-01")},
		"after:2024-02":                  {After: at("2024-03-01")},
		"during:2023":                    {After: at("2023-01-01"), Before: at("2024-01-01")},
		"during:2023-07-09 during:2023":  {After: at("2023-07-09"), Before: at("2023-07-10")},
		"is:deleted -is:deleted":         {Deleted: []bool{true, false}},
		"before:2024 before:2022-01-01 ": {Before: at("2022-01-01")},
	} {
		q, err := Parse(text)
		if d := cmp.Diff(want, q); d != "" || err != nil {
			t.Errorf("%s: %s (%v)", text, d, err)
		}
	}
}

func TestMistakesSayWhatWasMeant(t *testing.T) {
	for text, want := range map[string]string{
		"OR tea":             `OR stands between two words, as in "tea OR coffee"`,
		"tea OR":             `after "tea OR" a word is missing`,
		"tea OR OR coffee":   `after "tea OR" a word is missing`,
		`"over the hill`:     `the quotation mark before "over the hill" is not closed`,
		"???":                "??? has neither letters nor digits: only these can be searched for",
		"a*":                 "a* is too short: two letters at least stand before *",
		"frmo:ana":           `there is no operator frmo: the nearest is from:ana; as text it is "frmo:ana"`,
		"has:images":         "has:images: the nearest is has:image; there are has:image, video, audio, media, poll, link or cw",
		"is:replay":          "is:replay: the nearest is is:reply; there are is:reply, edited, deleted or sensitive",
		"in:favs":            "in:favs: the nearest is in:favourites; there are in:posts, boosts, favourites, bookmarks, mentions or polls",
		"in:posts OR tea":    "in:posts can't stand beside OR: either of two is in:posts,…",
		"tea OR before:2024": "before:2024 can't stand beside OR: it is for the whole search",
		"tea OR is:deleted":  "is:deleted can't stand beside OR: it is for the whole search",
		"before:yesterday":   "before:yesterday: a date is written as in before:2024-05-31, 2024-05 or 2024",
		"-before:2024":       "-before:2024: a date has no - before it: the other of before: and after: says that",
		"from:":              "from: needs a value: from:ana@home.example, or from:ana",
		"from:@":             "from:@: an account is missing: from:ana@home.example, or from:ana",
		"by:ana,":            "by:ana,: an account is missing: by:ana@home.example, or by:ana",
		"tag:#":              "tag:#: a tag is missing: tag:garden",
	} {
		_, err := Parse(text)
		if m := new(Mistake); !errors.As(err, &m) || err.Error() != want {
			t.Errorf("%s: got %v\nwant %s", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{`tea OR "green tea" -milk`, "from:ana in:posts before:2024", "日本* ½ ⑴ \xff", `-"`, "a\u0301*", "OR:OR"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err != nil {
			if m := new(Mistake); !errors.As(err, &m) || strings.Contains(err.Error(), "\n") && !strings.Contains(text, "\n") {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		for _, e := range q.Find.wanted() {
			if len(e.Terms) == 0 {
				t.Errorf("%q: a phrase of nothing", text)
			}
		}
		var whole strings.Builder
		for _, p := range q.Highlight(text) {
			whole.WriteString(p.Text)
		}
		if whole.String() != compose(text) {
			t.Errorf("%q: highlighted, it is %q", text, whole.String())
		}
		for _, term := range (Document{Texts: []string{text}, Facts: []string{Fact("tag", text)}}).Terms() {
			plain(t, term)
		}
	})
}

// plain checks that a term is one that no database changes.
func plain(t *testing.T, term string) {
	t.Helper()
	if !utf8.ValidString(term) || term == "" {
		t.Errorf("%q is no term", term)
	}
	for _, r := range term {
		if r < utf8.RuneSelf && !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') {
			t.Errorf("%q has %q in it", term, r)
		}
	}
}
