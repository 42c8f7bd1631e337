package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"lama/archive"
	"lama/config"
	"lama/mastodon"
	"lama/store"
)

// collections are those of --only; all when it is not given.
func collections(names []string) ([]archive.Collection, error) {
	if len(names) == 0 {
		return archive.Collections, nil
	}
	var only []archive.Collection
	for _, name := range names {
		c := archive.Collection(strings.TrimSpace(name))
		if !slices.Contains(archive.Collections, c) {
			return nil, usagef("--only %s: choose among statuses, favourites, bookmarks, notifications", name)
		}
		only = append(only, c)
	}
	return only, nil
}

func (r *run) rules(ctx context.Context) (store.Rules, error) {
	rules := store.Rules{Accounts: r.cfg.Accounts, Limits: r.cfg.Limits(), Own: r.cfg.DownloadOwn,
		Others: r.cfg.DownloadOthers, Pictures: r.cfg.DownloadPictures, JSON: r.cfg.SaveJSON, Rewalk: store.Rewalk{}}
	servers, err := knownServers(ctx, r.store)
	if err != nil {
		return rules, err
	}
	for _, a := range r.cfg.Accounts {
		s := servers[a.Instance].Server
		rules.Handles = append(rules.Handles, handles(a, s)...)
		rules.Rewalk[a.Name()] = r.rewalks(s)
	}
	return rules, nil
}

// rewalks are the collections of an account that are read again where they last were before a time: those in which
// something may have appeared below what was read, and with --recheck all: nobody knows every server.
func (r *run) rewalks(s mastodon.Server) map[archive.Collection]time.Time {
	due := map[archive.Collection]time.Time{}
	for _, c := range archive.Collections {
		if (r.recheck || s.Inserts(string(c))) && r.cfg.RewalkDays > 0 {
			due[c] = time.Now().AddDate(0, 0, -r.cfg.RewalkDays)
		}
	}
	return due
}

// handles are how an account's own posts name their author, lower case: with its server's domain, where that is
// known, and with its host.
func handles(a archive.Account, s mastodon.Server) []string {
	all := []string{strings.ToLower(a.Name())}
	if d := strings.ToLower(a.User + "@" + s.Domain); s.Domain != "" && d != all[0] {
		all = append(all, d)
	}
	return all
}

// kept are the collections that the preferences want, of those that this run is for, and their types.
func kept(cfg config.Config, only []archive.Collection) map[archive.Collection]string {
	types := func(of ...any) string { // pairs: wanted, type
		var names []string
		for i := 0; i < len(of); i += 2 {
			if of[i].(bool) {
				names = append(names, of[i+1].(string))
			}
		}
		return strings.Join(names, ",")
	}
	all := map[archive.Collection]string{
		archive.Statuses:      types(true, "post", cfg.FetchReblogs, "reblog"),
		archive.Favourites:    types(cfg.FetchFavourites, "favourite"),
		archive.Bookmarks:     types(cfg.FetchBookmarks, "bookmark"),
		archive.Notifications: types(cfg.FetchMentions, "mention", cfg.FetchPolls, "poll"),
	}
	maps.DeleteFunc(all, func(c archive.Collection, types string) bool { return types == "" || !slices.Contains(only, c) })
	return all
}
