package search

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func terms(text string) string {
	return strings.Join((Document{Texts: []string{text}}).Terms()[2:], " ")
}

func TestTextsAreCutIntoTerms(t *testing.T) {
	for text, want := range map[string]string{
		"Straße, ÀÉÎ — naïve":                  "straße aei naive",
		"e\u0301te\u0301 ＡＢＣ ﬁn ½ ⑴":           "ete abc fin 1 2 1",
		"ΟΔΟΣ Йод Ёлка İstanbul":               "οδοσ иод елка istanbul",
		"co\u00adoperate می\u200cخواهم":        "cooperate میخواهم",
		"日本語です":                                "日 日本 本 本語 語 語で で です す",
		"が か\u3099 ｶﾞ":                         "が が ガ",
		"한국 \u1112\u1161\u11ab":                "한 한국 국 한",
		"ที่ดี":                                "ที่ ที่ดี ดี",
		"PC版 2024年":                            "pc 版 2024 年",
		"日 本":                                  "日 本",
		"हिन्दी":                               "हिन्दी",
		"#foo_bar user@home.example":           "foo bar user home example",
		"\ue000has\ue03dimage 🌱 a\x00b \xff c": "has image a b c",
	} {
		if d := cmp.Diff(want, terms(text)); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	}
}

func TestADocumentFitsIntoAnyDatabase(t *testing.T) {
	many := (Document{Texts: []string{strings.Repeat("word ", 300), "the end"}}).Terms()
	counts := map[string]int{}
	for _, term := range many {
		counts[term]++
	}
	if counts["word"] != mostTimes || many[len(many)-1] != "end" || len(many) != 1+1+300+1+2 {
		t.Errorf("%d terms, %v", len(many), counts)
	}
	for _, text := range []string{strings.Repeat("a b c d ", 10_000), strings.Repeat(strings.Repeat("x", 500)+" ", 10_000)} {
		all := (Document{Texts: []string{text}}).Terms()
		if size := len(strings.Join(all, "")); len(all) > mostTerms || size > mostBytes+longest || len(all) < 1000 {
			t.Errorf("%d terms, %d bytes", len(all), size)
		}
	}
}

// Texts are cut into memory that is used again: terms stay what they are while other documents are cut.
func TestTermsAreOfTheirOwnDocument(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		documents := rapid.SliceOfN(rapid.SliceOfN(rapid.StringOf(rapid.RuneFrom([]rune("ab 日本.é"))), 0, 4), 2, 5).Draw(rt, "documents")
		var all [][]string
		for _, texts := range documents {
			all = append(all, (Document{Texts: texts}).Terms())
		}
		for n, texts := range documents {
			want := []string{Every}
			for _, text := range texts {
				want = append(want, Filler)
				for _, w := range analyse(compose(text)) {
					want = append(want, w.term)
				}
			}
			if d := cmp.Diff(want, all[n]); d != "" {
				rt.Errorf("document %d: %s", n, d)
			}
		}
	})
}

func TestNoPhraseReachesFromOneTextIntoTheNext(t *testing.T) {
	q, err := Parse(`"one two"`)
	if err != nil {
		t.Fatal(err)
	}
	if q.Find.Matches((Document{Texts: []string{"one", "two"}}).Terms()) || !q.Find.Matches((Document{Texts: []string{"one two"}}).Terms()) {
		t.Error("it does")
	}
}

// Whatever stands around it, a part of a text that is cut where words end, or between any two characters of Japanese, is
// found, and is highlighted.
func TestWhatIsInATextIsFound(t *testing.T) {
	word := rapid.SampledFrom([]string{"日", "本", "語", "が", "tea", "Té", "x2", "ー"})
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(word, 1, 12).Draw(t, "words")
		from := rapid.IntRange(0, len(all)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(all)).Draw(t, "to")
		var text, part strings.Builder
		for i, w := range all {
			if first, _ := utf8.DecodeRuneInString(w); kindOf(first) == letter {
				w = " " + w + " "
			}
			text.WriteString(w)
			if i >= from && i < to {
				part.WriteString(w)
			}
		}
		q, err := Parse(`"` + part.String() + `"`)
		if err != nil {
			t.Fatal(err)
		}
		if !q.Find.Matches((Document{Texts: []string{text.String()}}).Terms()) {
			t.Fatalf("%q is not found in %q by %s", part.String(), text.String(), q.Find)
		}
		var hits strings.Builder
		for _, p := range q.Highlight(text.String()) {
			if p.Hit {
				hits.WriteString(p.Text)
			}
		}
		if !strings.Contains(hits.String(), strings.TrimSpace(compose(part.String()))) {
			t.Errorf("of %q %q is highlighted, not %q", text.String(), hits.String(), part.String())
		}
	})
}

func TestWhatWasSearchedForIsHighlighted(t *testing.T) {
	for _, c := range []struct{ query, text, want string }{
		{"garden", "My Garden, gardens", "My [Garden], gardens"},
		{"gard* -rain", "gardens in the rain", "[gardens] in the rain"},
		{`"the hill" OR 日本`, "Over THE  hill, 東日本語", "Over [THE  hill], 東[日本]語"},
		{"cafe from:ana", "e\u0301 cafe\u0301", "é [café]"},
	} {
		q, err := Parse(c.query)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range q.Highlight(c.text) {
			if p.Hit {
				p.Text = "[" + p.Text + "]"
			}
			got += p.Text
		}
		if got != c.want {
			t.Errorf("%s: %s", c.query, got)
		}
	}
}

func TestWhatMatchesBetterScoresMore(t *testing.T) {
	q, err := Parse("garden OR tea")
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"garden tea", "garden garden", "a garden", "a garden " + strings.Repeat("and more ", 50), "nothing"}
	for i := range texts[1:] {
		if q.Score(texts[i]) <= q.Score(texts[i+1]) {
			t.Errorf("%.20q does not score more than %.20q", texts[i], texts[i+1])
		}
	}
}
