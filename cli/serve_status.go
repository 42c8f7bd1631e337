package cli

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"lama/archive"
	"lama/config"
	"lama/store"
	"lama/web"
)

// serveLog writes what goes wrong while pages are made, for who sits at the terminal.
func serveLog(w io.Writer) zerolog.Logger {
	return zerolog.New(zerolog.ConsoleWriter{Out: w, NoColor: true, TimeFormat: "15:04:05"}).With().Timestamp().Logger()
}

// statusPage is `lama status` for the reader: the viewer's accounts, and what speaks of all accounts for those alone who
// see them all.
func statusPage(ctx context.Context, db *store.Store, cfg config.Config, v store.Viewer) (web.Status, error) {
	var accounts []archive.Account
	for _, a := range cfg.Accounts {
		if v.All || slices.Contains(v.Own, a.Name()) {
			accounts = append(accounts, a)
		}
	}
	s, err := readStatus(ctx, db, cfg, accounts)
	if err != nil {
		return web.Status{}, err
	}
	page := web.Status{LastRun: lastRun(s.LastRun)}
	for _, a := range s.Accounts {
		page.Accounts = append(page.Accounts, accountPage(a))
	}
	if v.All {
		m := s.Media
		page.Posts = s.Posts
		page.Media = plural(int(m.Files), "file") + ", " + size(m.Bytes) + counts(figure{m.Pending, "pending"},
			figure{m.Deferred, "deferred"}, figure{m.Failed, "failed"}, figure{m.Off, "switched off"})
		for _, h := range m.Hosts[:min(mostHosts, len(m.Hosts))] {
			page.Hosts = append(page.Hosts, mediaHost(h))
		}
		for _, a := range s.Alarms {
			page.Alarms = append(page.Alarms, a.Text)
		}
	}
	return page, nil
}

func accountPage(a accountStatus) web.AccountStatus {
	page := web.AccountStatus{Name: a.Account, Own: a.Own.Comparison, Related: related(a.AccountReport)}
	for _, c := range a.Collections {
		page.Collections = append(page.Collections, web.CollectionStatus{
			Name: string(c.Collection), Archived: c.Archived, First: day(c.First), Last: day(c.Last),
			Coverage: strings.TrimPrefix(c.Coverage, string(c.Collection)+" "), Problem: printable(c.Problem, maxReason),
		})
	}
	return page
}
