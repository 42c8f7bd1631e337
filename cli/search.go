package cli

import (
	"context"
	"encoding/json"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"lama/config"
	"lama/search"
	"lama/store"
)

func (s *session) searchCommand() *cli.Command {
	return &cli.Command{
		Name: "search", Usage: "find posts by what is in them, and by what was done with them",
		Description: `Words that a post must have, "phrases", beginnings as in gard*, tea OR coffee, -without; and
from: to: in:posts|boosts|favourites|bookmarks|mentions|polls by:ACCOUNT has:image|video|audio|media|poll|link|cw
is:reply|edited|deleted|sensitive before:2024-05-31 after:2024-05 during:2024 language: tag:

lama search --limit 5 'from:ana in:favourites "green tea" -coffee'`,
		ArgsUsage: "QUERY",
		Flags: []cli.Flag{
			configFlag(),
			&cli.BoolFlag{Name: "json", Usage: "one JSON object per line, with the columns of posts"},
			&cli.IntFlag{Name: "limit", Value: 20, Usage: "`N` hits at most"},
			&cli.StringFlag{Name: "sort", Value: "date", Usage: "`ORDER`: date, the newest first, or relevance"},
			&cli.StringFlag{Name: "person", Usage: "only what this `PERSON` of the household may see"},
		},
		Action: s.search,
	}
}

// orders are the values of --sort.
var orders = map[string]store.Order{"date": store.ByDate, "relevance": store.ByRelevance}

func (s *session) search(c *cli.Context) error {
	text := strings.Join(c.Args().Slice(), " ")
	order, known := orders[c.String("sort")]
	switch {
	case text == "":
		return usagef("usage: lama search [options] QUERY, as in lama search 'tea -milk'")
	case strings.HasPrefix(text, "--"), strings.Contains(text, " --"):
		return usagef("flags stand before the arguments: lama search --json … QUERY")
	case !known:
		return usagef("--sort %s: choose date or relevance", c.String("sort"))
	case c.Int("limit") < 1:
		return usagef("--limit %d: at least 1", c.Int("limit"))
	}
	query, err := search.Parse(text)
	if err != nil {
		return usagef("%w", err)
	}
	cfg, err := s.load(c, false)
	if err != nil {
		return err
	}
	viewer, err := s.reader(cfg, c.String("person"))
	if err != nil {
		return err
	}
	show := s.textHit(query)
	if c.Bool("json") {
		show = s.jsonHit
	}
	db, err := s.openIndexed(c.Context, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	return s.showHits(c.Context, db, viewer, query, store.Page{Limit: c.Int("limit"), Order: order}, show)
}

// reader is who reads: a person, or who sits at the archive.
func (s *session) reader(cfg config.Config, person string) (store.Viewer, error) {
	if person == "" {
		return store.Household(), nil
	}
	return viewer(cfg, person)
}

// openIndexed opens an archive, and indexes it where it is older than the index.
func (s *session) openIndexed(ctx context.Context, cfg config.Config) (*store.Store, error) {
	if err := exists(cfg); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{URL: cfg.Database.Secret(), Schema: s.Schema, Exists: true})
	if err != nil {
		return nil, err
	}
	if err := db.FillIndex(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// hitsAtOnce bounds what is held in memory.
const hitsAtOnce = 200

func (s *session) showHits(ctx context.Context, db *store.Store, v store.Viewer, q search.Query, p store.Page,
	show func(store.Hit) error) error {
	none := true
	for left := p.Limit; left > 0; {
		p.Limit = min(left, hitsAtOnce)
		hits, err := db.Search(ctx, v, q, p)
		if err != nil {
			return err
		}
		if hits.Cut && none {
			s.warn("lama: there are more hits: the newest %d are sorted by relevance", store.MostRanked)
		}
		for _, h := range hits.Posts {
			none = false
			if err := show(h); err != nil {
				return err
			}
		}
		left -= len(hits.Posts)
		if p.After = hits.Next; p.After == 0 {
			break
		}
	}
	if none {
		s.warn("lama: nothing was found")
	}
	return nil
}

func (s *session) jsonHit(h store.Hit) error {
	e := json.NewEncoder(s.Stdout)
	e.SetEscapeHTML(false)
	return e.Encode(h)
}

// textHit shows a post to a person: who, when and where; then what was found of it.
func (s *session) textHit(q search.Query) func(store.Hit) error {
	mark := func(text string) string { return text }
	if isTerminal(s.Stdout) && os.Getenv("NO_COLOR") == "" {
		mark = func(text string) string { return "\x1b[1;33m" + text + "\x1b[0m" }
	}
	return func(h store.Hit) error {
		lines := []string{strings.TrimSpace(h.CreatedAt.Minute() + "  " + printable(h.Author, maxName) + "  " + printable(h.URL, maxLine))}
		for _, t := range hitTexts(h) {
			parts := q.Highlight(strings.Join(strings.Fields(t.text), " "))
			if line := excerpt(parts, mark); line != "" && (t.always || len(parts) > 1 || parts[0].Hit) {
				lines = append(lines, "    "+t.what+line)
			}
		}
		s.say("%s\n", strings.Join(lines, "\n"))
		return nil
	}
}

// hitText is a text of a post.
type hitText struct {
	what   string
	text   string
	always bool // shown also where nothing was found in it
}

func hitTexts(h store.Hit) []hitText {
	texts := []hitText{{"CW: ", h.SpoilerText, true}, {"", h.Content, true}}
	for _, o := range h.PollOptions {
		texts = append(texts, hitText{"( ) ", o, false})
	}
	for _, a := range h.Attachments {
		if len(a) > 1 {
			texts = append(texts, hitText{"media: ", a[1], false})
		}
	}
	return texts
}

// Bounds of what is shown of a text, in characters.
const (
	maxExcerpt = 400
	maxLead    = 120 // before what was found
)

// excerpt is a text for a terminal, from shortly before what was found in it.
func excerpt(parts []search.Part, mark func(string) string) string {
	var b strings.Builder
	left := maxExcerpt
	for i, p := range parts {
		runes := []rune(p.Text)
		if i == 0 && !p.Hit && len(parts) > 1 && len(runes) > maxLead {
			b.WriteString("…")
			runes = runes[len(runes)-maxLead:]
		}
		text := printable(string(runes), left)
		if p.Hit {
			text = mark(text)
		}
		b.WriteString(text)
		if left -= len(runes); left <= 0 {
			break
		}
	}
	return b.String()
}
