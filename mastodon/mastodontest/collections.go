package mastodontest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// pager is how an instance pages statuses.
func (i *Instance) pager() pager {
	s := i.software
	return pager{fallback: s.DefaultLimit, most: s.MaxLimit, nextAlways: s.NextAlways, noSince: s.MinIDNewest,
		Oddities: Oddities{Swapped: s.Swapped, PrevHere: s.PrevHere}}
}

// rowsPager is how it pages favourites and bookmarks.
func (i *Instance) rowsPager() pager {
	g := i.pager()
	g.newest, g.noLink = i.software.MinIDNewest, i.software.NoLink
	return g
}

// notificationsPager is how it pages notifications. Their next link is there on every page that is not empty.
func (i *Instance) notificationsPager() pager {
	most := i.software.MaxNotifications
	return pager{fallback: most / 2, most: most, nextAlways: true}
}

// accountStatuses answers /api/v1/accounts/:id/statuses. Somebody's own are all of them, whoever they are for.
func (i *Instance) accountStatuses(v view, w http.ResponseWriter, r *http.Request) any {
	person, q := i.accounts.things[r.PathValue("id")], r.URL.Query()
	switch {
	case person == nil:
		return notFound
	case q.Has("pinned"):
		return list{}
	}
	if i.software.overLimit(q) {
		return tooMany
	}
	posts := person.posts
	if person.home != i {
		posts = slices.Clone(posts)
		v.byID(posts)
	}
	id := func(p *Post) string { return i.statuses.ids[p] }
	want := func(p *Post) bool {
		plain := p.parent == nil && p.boosted == nil
		return v.shows(p) && !unwanted(p, q) && (plain || !i.software.OnlyPosts)
	}
	g := i.pager()
	g.noLink, g.newest = i.software.OnlyPosts, i.software.OnlyPosts
	if i.software.IgnoresMaxID {
		r = r.Clone(r.Context())
		r.URL.RawQuery = url.Values{"limit": {q.Get("limit")}}.Encode()
	}
	return answerPage(g, i, w, r, posts, id, want, v.shown)
}

// unwanted says whether the parameters leave a post out.
func unwanted(p *Post, q url.Values) bool {
	on := func(name string) bool {
		value := q.Get(name)
		return value != "" && value != "0" && value != "false"
	}
	return on("exclude_reblogs") && p.boosted != nil ||
		on("exclude_replies") && p.parent != nil && p.parent.author != p.author ||
		on("only_media") && len(p.now().files) == 0 ||
		on("exclude_direct") && p.visibility == "direct"
}

func (i *Instance) favourites(v view, w http.ResponseWriter, r *http.Request) any {
	g := i.rowsPager()
	g.LikeIDs = i.software.LikeIDs
	return i.rows(g, v, w, r, v.viewer.favourites)
}

func (i *Instance) bookmarks(v view, w http.ResponseWriter, r *http.Request) any {
	g := i.rowsPager()
	g.opaque = i.software.OpaqueCursors
	return i.rows(g, v, w, r, v.viewer.bookmarks)
}

// rows answers with the posts of rows, paged by the rows' hidden ids.
func (i *Instance) rows(g pager, v view, w http.ResponseWriter, r *http.Request, rows []row) any {
	if i.software.overLimit(r.URL.Query()) {
		return tooMany
	}
	return answerPage(g, i, w, r, rows,
		row.cursor,
		func(r row) bool { return v.shows(r.post) },
		func(r row) any {
			o := v.status(r.post)
			like, _ := strconv.Atoi(r.id)
			o.set(g.LikeIDs, "like_id", like)
			return o
		})
}

// notifications answers /api/v1/notifications.
func (i *Instance) notifications(v view, w http.ResponseWriter, r *http.Request) any {
	q := r.URL.Query()
	if i.software.pleroma() && slices.Contains(q["types[]"], "update") { // the list of types is closed there
		return failure{http.StatusBadRequest, "Invalid value for enum."}
	}
	want := func(n *notification) bool {
		hidden := v.viewer.filters[n.from] && q.Get("include_filtered") != "true"
		return !hidden && (i.software.IgnoresTypes || typed(n.kind, q))
	}
	page := answerPage(i.notificationsPager(), i, w, r, v.viewer.notifications,
		func(n *notification) string { return n.id }, want,
		func(n *notification) any { return n })
	shown := list{}
	for _, n := range page {
		shown = append(shown, v.shownTwice(n.(*notification))...)
	}
	return shown
}

// shownTwice is a notification as often as it is shown: once, but for Sharkey, which shows a reaction as one and as a
// favourite, and leaves out what has no post (S:endpoints/notifications.ts:40-45).
func (v view) shownTwice(n *notification) list {
	switch twice := v.inst.software.Twice; {
	case twice && n.post == nil:
		return nil
	case twice && n.kind == "favourite":
		reaction := *n
		reaction.kind = "reaction"
		return list{v.notification(&reaction), v.notification(n)}
	}
	return list{v.notification(n)}
}

// typed says whether types[] and exclude_types[] want a kind.
func typed(kind string, q url.Values) bool {
	wanted := q["types[]"]
	return (len(wanted) == 0 || slices.Contains(wanted, kind)) && !slices.Contains(q["exclude_types[]"], kind)
}

// shown is status as a function for lists.
func (v view) shown(p *Post) any { return v.status(p) }
