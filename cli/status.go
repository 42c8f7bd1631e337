package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"lama/alarm"
	"lama/archive"
	"lama/config"
	"lama/logs"
	"lama/store"
)

func (s *session) statusCommand() *cli.Command {
	return &cli.Command{
		Name: "status", Usage: "show what is archived, what is complete, pending, deferred and failed",
		Flags: append(commonFlags(), &cli.BoolFlag{Name: "json", Usage: "as JSON"},
			&cli.BoolFlag{Name: "check", Usage: "exit with 3 where there is an alarm, for a monitor"}),
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
			report, err := readStatus(c.Context, db, cfg, accounts)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				err = s.sayJSON(report)
			} else {
				s.statusText(report)
			}
			if n := len(report.Alarms); err == nil && c.Bool("check") && n > 0 {
				return incompletef("%s: %s", plural(n, "alarm"), texts(report.Alarms))
			}
			return err
		},
	}
}

// texts are alarms in one line.
func texts(alarms []alarm.Alarm) string {
	all := make([]string, len(alarms))
	for i, a := range alarms {
		all[i] = a.Text
	}
	return strings.Join(all, "; ")
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

func (s *session) statusText(r status) {
	for _, a := range r.Accounts {
		s.say("%s", printable(a.Account, maxName))
		t := table.NewWriter()
		t.SetStyle(table.StyleLight)
		t.AppendHeader(table.Row{"collection", "archived", "first", "last", "problem"})
		for _, c := range a.Collections {
			t.AppendRow(table.Row{c.Collection, humanize.Comma(c.Archived), day(c.First), day(c.Last), printable(c.Problem, 80)})
		}
		s.say("%s", t.Render())
		for _, c := range a.Collections {
			s.say("%s", c.Coverage)
		}
		if a.Own.Comparison != "" {
			s.say("%s", a.Own.Comparison)
		}
		s.say("%s", related(a.AccountReport))
		s.claims(a.Claims)
		s.say("")
	}
	s.unlisted(r.Unlisted)
	m := r.Media
	s.say("posts  %s", humanize.Comma(r.Posts))
	s.say("media  %s, %s%s", plural(int(m.Files), "file"), size(m.Bytes), counts(
		figure{m.Pending, "pending"}, figure{m.Deferred, "deferred"}, figure{m.Failed, "failed"}, figure{m.Off, "switched off"}))
	s.mediaHosts(m.Hosts)
	s.say("run    %s", lastRun(r.LastRun))
	for _, a := range r.Alarms {
		s.say("ALARM  %s: %s", a.Kind, a.Text)
	}
}

// mostHosts is how many of the media hosts that failed are shown; JSON has them all.
const mostHosts = 10

func (s *session) mediaHosts(hosts []store.HostReport) {
	for _, h := range hosts[:min(mostHosts, len(hosts))] {
		s.say("       %s", mediaHost(h))
	}
	if more := len(hosts) - mostHosts; more > 0 {
		s.say("       and %s more; --json lists them all", plural(more, "host"))
	}
}

// mediaHost says what a host owes.
func mediaHost(h store.HostReport) string {
	text := cmp.Or(printable(h.Host, maxName), "no address") + counts(figure{h.Failing, "failing"}, figure{h.Refused, "refused"})
	if h.Again != "" {
		text += ", asked again from " + archive.ParseTime(h.Again).Minute()
	}
	if h.Reason != "" {
		text += ": " + printable(h.Reason, maxReason)
	}
	return text
}

// maxReason bounds why a file failed, in characters.
const maxReason = 200

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
		return "began " + archive.ParseTime(r.StartedAt).Minute() + " and has not ended"
	}
	return r.Outcome + ", ended " + archive.ParseTime(r.EndedAt).Minute()
}

// mostClaims is how many posts that are gone are listed; JSON has them all.
const mostClaims = 10

// claims says what has become of the posts that imports only named.
func (s *session) claims(r store.ClaimsReport) {
	if r.Met+r.Open == 0 {
		return
	}
	s.say("and %s that imports named by their addresses%s", plural(int(r.Met+r.Open), "post"), counts(figure{r.Met, "found"},
		figure{r.Open - int64(len(r.Gone)), "still to be asked for"}, figure{int64(len(r.Gone)), "gone or refused"}))
	for _, g := range r.Gone[:min(mostClaims, len(r.Gone))] {
		s.say("       %s %s: %s", g.Base, printable(g.URL, maxLine), printable(g.Reason, maxReason))
	}
	if more := len(r.Gone) - mostClaims; more > 0 {
		s.say("       and %s more; --json lists them all", humanize.Comma(int64(more)))
	}
}

// unlisted says what there is of accounts that are not configured: their servers are asked for nothing.
func (s *session) unlisted(accounts []store.UnlistedAccount) {
	for _, a := range accounts {
		n := a.Archived
		s.say("%s, which is not in prefs.json: %s%s", printable(a.Account, maxName), plural(int(n["post"]), "post"), counts(
			figure{n["reblog"], "boosted"}, figure{n["favourite"], "favourited"}, figure{n["bookmark"], "bookmarked"},
			figure{n["mention"], "that mention it"}, figure{n["poll"], "polls"}))
		s.claims(a.Claims)
		s.say("")
	}
}
