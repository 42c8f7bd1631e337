package mastodontest

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

var badRequest = failure{http.StatusBadRequest, "Bad request"}

func (b *Bulk) credentials(p *bulkPerson, _ http.ResponseWriter, _ *http.Request) ([]byte, *failure) {
	return appendJSON(nil, object{
		{"id", p.id}, {"username", p.user}, {"acct", p.user}, {"url", b.base() + "/@" + p.user},
		{"statuses_count", p.size.Load().Statuses}}), nil
}

// page answers with a page of a collection, the newest first.
func (b *Bulk) page(kind bulkKind) bulkEndpoint {
	g := pager{fallback: Mastodon45.DefaultLimit, most: Mastodon45.MaxLimit}
	if kind == bulkMention {
		g = pager{fallback: Mastodon45.MaxNotifications / 2, most: Mastodon45.MaxNotifications}
	}
	return func(p *bulkPerson, w http.ResponseWriter, r *http.Request) ([]byte, *failure) {
		q := r.URL.Query()
		if kind == bulkStatus && r.PathValue("id") != p.id {
			return nil, &notFound
		}
		to, ok := p.below(kind, q)
		if !ok {
			return nil, &badRequest
		}
		from := max(0, to-g.limit(q))
		if to > from {
			g.setLinks(w, b.base(), r, to-from, ends{b.cursor(p, kind, to-1), b.cursor(p, kind, from), from > 0})
		}
		return b.list(p, kind, from, to), nil
	}
}

// below is the number of the first item that is not below max_id; without it, of none.
func (p *bulkPerson) below(kind bulkKind, q url.Values) (number int, ok bool) {
	size := p.size.Load().of(kind)
	switch {
	case q.Has("min_id") || q.Has("since_id"):
		return 0, false
	case !q.Has("max_id"):
		return size, true
	}
	id, err := strconv.ParseInt(q.Get("max_id"), 10, 64)
	if kind == bulkStatus {
		number = bulkPostOf(id).number
	} else {
		number = int(id) - 1
	}
	return min(size, max(0, number)), err == nil
}

// cursor is the id by which an item is paged: a status's own, or that of a row.
func (b *Bulk) cursor(p *bulkPerson, kind bulkKind, number int) string {
	if kind != bulkStatus {
		return strconv.Itoa(number + 1)
	}
	return strconv.FormatInt(bulkPost{slices.Index(b.people, p), kind, number}.id(), 10)
}

func (b *Bulk) list(p *bulkPerson, kind bulkKind, from, to int) []byte {
	body := append(make([]byte, 0, 4096*(to-from)+2), '[')
	for number := to - 1; number >= from; number-- {
		if len(body) > 1 {
			body = append(body, ',')
		}
		body = b.item(body, bulkPost{slices.Index(b.people, p), kind, number}, kind == bulkMention)
	}
	return append(body, ']')
}

// has says whether there is such a post now.
func (b *Bulk) has(p bulkPost) bool {
	return p.person < len(b.people) && p.number >= 0 && p.number < b.people[p.person].size.Load().of(p.kind)
}

// find gives the post of an id.
func (b *Bulk) find(text string) (p bulkPost, ok bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	p = bulkPostOf(id)
	return p, err == nil && p.id() == id && b.has(p)
}

func (b *Bulk) batch(_ *bulkPerson, _ http.ResponseWriter, r *http.Request) ([]byte, *failure) {
	ids := r.URL.Query()["id[]"]
	if len(ids) > Mastodon45.Batch {
		return nil, &failure{http.StatusUnprocessableEntity, "Mastodon::ValidationError"}
	}
	var posts []bulkPost
	for _, id := range ids {
		if p, ok := b.find(id); ok && !slices.Contains(posts, p) {
			posts = append(posts, p)
		}
	}
	slices.SortFunc(posts, func(p, q bulkPost) int { return int(q.id() - p.id()) })
	return b.posts(posts), nil
}

func (b *Bulk) posts(posts []bulkPost) []byte {
	body := []byte{'['}
	for n, p := range posts {
		if n > 0 {
			body = append(body, ',')
		}
		body = b.item(body, p, false)
	}
	return append(body, ']')
}

func (b *Bulk) single(_ *bulkPerson, _ http.ResponseWriter, r *http.Request) ([]byte, *failure) {
	p, ok := b.find(r.PathValue("id"))
	if !ok {
		return nil, &notFound
	}
	return b.item(nil, p, false), nil
}

func (b *Bulk) context(_ *bulkPerson, _ http.ResponseWriter, r *http.Request) ([]byte, *failure) {
	p, ok := b.find(r.PathValue("id"))
	if !ok {
		return nil, &notFound
	}
	var ancestors []bulkPost
	for p, ok = p.parent(); ok && b.has(p); p, ok = p.parent() {
		ancestors = append(ancestors, p)
	}
	slices.Reverse(ancestors)
	body := append([]byte(`{"ancestors":`), b.posts(ancestors)...)
	return append(body, `,"descendants":[]}`...), nil
}

// file is an image that nobody else has, of about 8 KB.
func (b *Bulk) file(w http.ResponseWriter, r *http.Request) {
	random := rand.New(rand.NewPCG(hash(r.PathValue("id")), 0))
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(noise(picture("png", random), 8<<10, random)) // the client may have gone
}
