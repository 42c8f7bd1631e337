package stages

import (
	"cmp"
	"net/url"
	"strconv"

	"lama/archive"
	"lama/mastodon"
)

// step is how a page moves its walk down. A cursor belongs to the endpoint and never to an item: favourites and
// bookmarks page by rows that no answer shows (mastodon-api.md §0.4, §1.1).
func (s Session) step(w *archive.Walk, list mastodon.List) archive.Step {
	step := archive.Step{Items: len(list.Items), Top: cursor(list.Prev), Next: cmp.Or(list.Next, s.below(w, list))}
	if step.Top == "" && (w.Collection == archive.Statuses || w.Collection == archive.Notifications) && len(list.Items) > 0 {
		step.Top = idOf(list.Items[0])
	}
	step.Bottom = cursor(step.Next)
	switch {
	case step.Next == "":
		step.End = true
		if !list.HasLink && len(list.Items) >= s.Limit(w.Collection) {
			step.Doubt = archive.DoubtNoLink // nobody knows whether it is the last one (Sharkey, §8.5)
		}
	case step.Next == w.Mark || !descends(w.Next, step.Next): // §8.7, §8.9
		step.End, step.Doubt = true, archive.DoubtCircle
	case w.Below && young(w, list):
	case w.Below:
		order, comparable := mastodon.Compare(step.Bottom, w.Floor)
		step.Met = comparable && w.Floor != "" && order <= 0
		step.Unordered = !comparable && (w.Floor != "" || step.Top == "")
	}
	step.Proved = step.Doubt == ""
	return step
}

// below is the link that a page of somebody's posts should have had, and has not, although there may be more: these are
// paged by their own ids. Mastodon up to 4.2 drops rows after counting them, and so the link of a page that is
// short (§1.1); Pixelfed sends none at all (§8.7).
func (s Session) below(w *archive.Walk, list mastodon.List) string {
	n, server := len(list.Items), s.Server
	if w.Collection != archive.Statuses || n == 0 {
		return ""
	}
	short := server.Software == "mastodon" && server.APIVersion == 0 && n < s.Limit(w.Collection)
	if !short && server.Software != "pixelfed" {
		return ""
	}
	query := url.Values{"limit": {strconv.Itoa(s.Limit(w.Collection))}, "max_id": {idOf(list.Items[n-1])}}
	return s.Account.BaseURL() + "/api/v1/accounts/" + url.PathEscape(s.ID) + "/statuses?" + query.Encode()
}

// descends says whether a next link leads further down than the one before.
func descends(from, to string) bool {
	if from == to {
		return false
	}
	order, comparable := mastodon.Compare(cursor(to), cursor(from))
	return !comparable || from == "" || order < 0
}

// cursor is that of a link. An opaque one keeps the name of its parameter, so that it is compared with none: Laravel's
// are alike in length, and in no order (Pixelfed's bookmarks, §8.7).
func cursor(link string) string {
	value, name := mastodon.Cursor(link)
	if name == "cursor" {
		return name + "=" + value
	}
	return value
}
