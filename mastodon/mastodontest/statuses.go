package mastodontest

import (
	"net/http"
	"slices"
	"strings"
)

// batch answers /api/v1/statuses?id[]=…: what is there and not hidden, the newest first, silent about the rest.
func (i *Instance) batch(v view, _ http.ResponseWriter, r *http.Request) any {
	if i.software.Batch == 0 {
		return notFound
	}
	var ids []string
	for _, key := range i.software.BatchKeys {
		ids = append(ids, r.URL.Query()[key]...)
	}
	if len(ids) > i.software.Batch {
		if i.software.BatchStrict {
			return failure{http.StatusUnprocessableEntity, "Mastodon::ValidationError"}
		}
		ids = ids[:i.software.Batch]
	}
	var posts []*Post
	for _, id := range ids {
		if p := i.statuses.things[id]; p != nil && v.lists(p) && !slices.Contains(posts, p) {
			posts = append(posts, p)
		}
	}
	v.byID(posts)
	slices.Reverse(posts)
	return listOf(posts, v.shown)
}

// one is the post of a request; nil where it is not there or not for the viewer.
func (v view) one(r *http.Request) *Post {
	if p := v.inst.statuses.things[r.PathValue("id")]; p != nil && v.shows(p) {
		return p
	}
	return nil
}

func (i *Instance) single(v view, _ http.ResponseWriter, r *http.Request) any {
	p := v.one(r)
	if p == nil {
		return notFound
	}
	return v.status(p)
}

// context answers /api/v1/statuses/:id/context; GoToSocial knows none of a boost.
func (i *Instance) context(v view, _ http.ResponseWriter, r *http.Request) any {
	p := v.one(r)
	if p == nil || p.boosted != nil && i.software.goToSocial() {
		return notFound
	}
	p = p.target()
	return object{{"ancestors", listOf(v.ancestors(p), v.shown)}, {"descendants", listOf(v.below(p), v.shown)}}
}

// history answers /api/v1/statuses/:id/history: every version, the oldest first.
func (i *Instance) history(v view, _ http.ResponseWriter, r *http.Request) any {
	p := v.one(r)
	if p == nil || !i.software.Edits || i.software.NoHistory {
		return notFound
	}
	return listOf(p.versions, func(now version) any {
		o := object{
			{"content", v.content(p, now)}, {"spoiler_text", now.draft.Warning}, {"sensitive", now.draft.Warning != ""},
			{"created_at", when(now.at)}, {"account", v.account(p.author)},
		}
		if poll := now.draft.Poll; poll != nil {
			options := listOf(poll.Options, func(title string) any { return object{{"title", title}} })
			o = append(o, field{"poll", object{{"options", options}}})
		}
		return append(o, field{"media_attachments", v.attachments(now)}, field{"emojis", v.emojis(now.emojis)})
	})
}

func (i *Instance) pollOf(v view, _ http.ResponseWriter, r *http.Request) any {
	p := v.asker(r.PathValue("id"))
	if p == nil || !v.shows(p) {
		return notFound
	}
	return v.poll(p)
}

// search answers /api/v2/search. All that it finds is what a URL resolves to, and only if it is asked to.
func (i *Instance) search(v view, _ http.ResponseWriter, r *http.Request) any {
	q := r.URL.Query()
	text, kind := strings.TrimSpace(q.Get("q")), q.Get("type")
	posts, people := list{}, list{}
	if q.Get("resolve") == "true" && i.software.Search {
		if p := i.world.find(text); p != nil && v.shows(p) && (kind == "" || kind == "statuses") {
			posts = append(posts, v.status(p))
		}
		for _, p := range i.world.people {
			if (text == p.url || text == p.uri) && (kind == "" || kind == "accounts") {
				people = append(people, v.account(p))
			}
		}
	}
	return object{{"accounts", people}, {"statuses", posts}, {"hashtags", list{}}}
}
