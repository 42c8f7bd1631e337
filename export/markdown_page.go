package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lama/archive"
)

// page is the file of a conversation: front matter in YAML, and a section per post.
func page(entries []entry) []byte {
	var posts []entry
	boosts := map[string][]entry{}
	for _, e := range entries {
		if e.Content == "" && e.Reblog != "" {
			boosts[e.Reblog] = append(boosts[e.Reblog], e)
		} else {
			posts = append(posts, e)
		}
	}
	var b strings.Builder
	front(&b, posts)
	for _, p := range posts {
		section(&b, p, posts, boosts[p.URI])
	}
	return []byte(b.String())
}

// front writes the front matter. A JSON value is one of YAML too.
func front(b *strings.Builder, posts []entry) {
	type fact struct {
		URI        string `json:"uri"`
		Author     string `json:"author"`
		Date       string `json:"date,omitempty"`
		Edited     string `json:"edited,omitempty"`
		Deleted    string `json:"deleted,omitempty"`
		Visibility string `json:"visibility"`
		Language   string `json:"language,omitempty"`
	}
	var authors, tags []string
	facts := []fact{}
	for _, p := range posts {
		authors, tags = append(authors, p.Author), append(tags, p.Tags...)
		facts = append(facts, fact{p.URI, p.Author, stamp(p.Created), stamp(p.Edited), stamp(p.Deleted), p.Visibility, p.Language})
	}
	b.WriteString("---\n")
	if len(posts) > 0 {
		fmt.Fprintf(b, "title: %s\ndate: %s\n", yaml(title(posts[0])), yaml(stamp(posts[0].Created)))
	}
	fmt.Fprintf(b, "authors: %s\ntags: %s\nposts:\n", yaml(distinct(authors)), yaml(distinct(tags)))
	for _, f := range facts {
		fmt.Fprintf(b, "  - %s\n", yaml(f))
	}
	b.WriteString("---\n")
}

func distinct(all []string) []string {
	all = slices.Sorted(slices.Values(all))
	return append([]string{}, slices.Compact(all)...)
}

// yaml is a value as JSON. What YAML allows in no text is left out.
func yaml(value any) string {
	text, err := inLine(value)
	if err != nil {
		panic(err) // plain values
	}
	return printing(string(text))
}

func stamp(t archive.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// maxTitle bounds a title, in characters.
const maxTitle = 80

// title is the beginning of a post.
func title(p entry) string {
	words := []rune(strings.Join(strings.Fields(cmp.Or(p.Warning, p.Content, p.Author)), " "))
	if len(words) > maxTitle {
		return string(words[:maxTitle]) + "…"
	}
	return string(words)
}

// section writes a post.
func section(b *strings.Builder, p entry, posts, boosts []entry) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n", escape(cmp.Or(p.Name, p.Author)), about(p, posts))
	if p.Warning != "" {
		fmt.Fprintf(b, "\n> %s\n", strings.ReplaceAll(escape(p.Warning), "\n", "\n> "))
	}
	if p.Content != "" {
		fmt.Fprintf(b, "\n%s\n", escape(p.Content))
	}
	list(b, linesOf(p))
	for _, m := range p.Media {
		fmt.Fprintf(b, "\n%s\n", shown(m))
	}
	var by []string
	for _, w := range boosts {
		by = append(by, fmt.Sprintf("Boosted by %s, %s", escape(w.Author), when(w.Created)))
	}
	list(b, by)
}

func list(b *strings.Builder, items []string) {
	if len(items) > 0 {
		b.WriteByte('\n')
	}
	for _, item := range items {
		fmt.Fprintf(b, "- %s\n", item)
	}
}

// about says who wrote a post, when and to whom.
func about(p entry, posts []entry) string {
	text := escape(p.Author) + ", " + when(p.Created)
	if to := slices.IndexFunc(posts, func(q entry) bool { return q.URI == p.Parent }); to >= 0 {
		text += fmt.Sprintf(", to %s of %s", escape(posts[to].Author), when(posts[to].Created))
	} else if p.Parent != "" {
		text += ", to " + address("a post", p.Parent)
	}
	if p.URL != "" {
		text += " · " + address("original", p.URL)
	}
	return text
}

func when(t archive.Time) string {
	if t.IsZero() {
		return "undated"
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

// linesOf are what a post has beside its text: the options of a poll, where its links lead, what it quotes and boosts.
func linesOf(p entry) []string {
	var all []string
	for _, o := range p.Options {
		all = append(all, "( ) "+escape(strings.ReplaceAll(o, "\n", " ")))
	}
	for _, l := range p.Links {
		if !strings.Contains(p.Content, l.URL) {
			all = append(all, address(cmp.Or(l.Text, l.URL), l.URL))
		}
	}
	if p.Quote != "" {
		all = append(all, "Quotes "+address(p.Quote, p.Quote))
	}
	if p.Reblog != "" {
		all = append(all, "Boosts "+address(p.Reblog, p.Reblog))
	}
	return all
}

// shown is a file: a picture in its place, everything else as a link. The files of conversations are two folders down.
func shown(m medium) string {
	alt := escape(strings.Join(strings.Fields(m.Alt), " "))
	switch {
	case m.Path == "":
		return "*(a file that is not here)* " + alt
	case strings.HasPrefix(m.Type, "image/"):
		return fmt.Sprintf("![%s](../../%s)", alt, m.Path)
	}
	return fmt.Sprintf("[%s](../../%s)", cmp.Or(alt, m.Type), m.Path)
}
