package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"lama/config"
	"lama/logs"
	"lama/store"
)

func (s *session) statusCommand() *cli.Command {
	return &cli.Command{
		Name: "status", Usage: "show what is archived, what is complete, pending, deferred and failed",
		Flags: append(commonFlags(), &cli.BoolFlag{Name: "json", Usage: "as JSON"}),
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			cfg, err := s.load(c, false)
			if err != nil {
				return err
			}
			accounts, err := chosen(cfg, listFlag(c, "account"))
			if err != nil {
				return err
			}
			if err := exists(cfg); err != nil {
				return err
			}
			db, err := store.Open(c.Context, store.Options{URL: cfg.Database.Secret(), Schema: s.Schema, Exists: true})
			if err != nil {
				return err
			}
			defer db.Close()
			report, err := db.Report(c.Context, accounts)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return s.sayJSON(report)
			}
			s.statusTable(report)
			return nil
		},
	}
}

// exists refuses to make an archive only to say that it is empty.
func exists(cfg config.Config) error {
	path, ok := cfg.Database.SQLite()
	if !ok {
		return nil
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no archive at %s yet: `lama run` makes it", path)
	}
	return nil
}

// sayJSON shows a value as JSON, indented, in which a server's text is an escape where a terminal would obey it.
func (s *session) sayJSON(v any) error {
	var line, text bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	if err := json.Indent(&text, logs.Escape(line.Bytes()), "", "  "); err != nil {
		return err
	}
	_, err := s.Stdout.Write(text.Bytes())
	return err
}

func (s *session) statusTable(r store.Report) {
	for _, a := range r.Accounts {
		s.say("%s", printable(a.Account, maxName))
		t := table.NewWriter()
		t.SetStyle(table.StyleLight)
		t.AppendHeader(table.Row{"collection", "archived", "first", "last", "read", "up to", "problem"})
		for _, c := range a.Collections {
			t.AppendRow(table.Row{c.Collection, humanize.Comma(c.Archived), day(c.First), day(c.Last), coverage(c), day(c.ReadAt),
				printable(c.Problem, 80)})
		}
		s.say("%s", t.Render())
		s.say("%s", related(a))
	}
	m := r.Media
	s.say("")
	s.say("posts  %s", humanize.Comma(r.Posts))
	s.say("media  %s, %s%s", plural(int(m.Files), "file"), size(m.Bytes), counts(
		figure{m.Pending, "pending"}, figure{m.Deferred, "deferred"}, figure{m.Failed, "failed"}, figure{m.Off, "switched off"}))
	s.say("run    %s", lastRun(r.LastRun))
}

// coverage says how far a collection was read.
func coverage(c store.CollectionReport) string {
	text := "not yet"
	switch {
	case c.Complete:
		text = "complete"
	case c.Gaps > 0:
		text = plural(c.Gaps, "gap")
	}
	if !c.Proved && c.ReadAt != "" {
		text += ", not proved"
	}
	return text
}

func related(a store.AccountReport) string {
	return "and " + plural(int(a.Related), "post") + " that these reply to, link to or quote" + counts(figure{a.Pending, "pending"},
		figure{a.Deferred, "deferred"}, figure{a.Failed, "gone or refused"}, figure{a.Lost, "notifications whose post was gone"})
}

type figure struct {
	n    int64
	what string
}

// counts lists the figures that are not zero.
func counts(figures ...figure) string {
	var b strings.Builder
	for _, f := range figures {
		if f.n > 0 {
			fmt.Fprintf(&b, ", %s %s", humanize.Comma(f.n), f.what)
		}
	}
	return b.String()
}

func day(moment string) string {
	date, _, _ := strings.Cut(moment, " ")
	return date
}

func lastRun(r *store.RunReport) string {
	switch {
	case r == nil:
		return "none yet"
	case r.EndedAt == "":
		return "began " + r.StartedAt + " and has not ended"
	}
	return r.Outcome + ", ended " + r.EndedAt
}
