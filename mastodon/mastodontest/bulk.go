package mastodontest

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"lama/archive"
)

// Bulk is a Mastodon 4.5 of any size that costs nearly nothing: every post is made by formula from its number when it
// is asked for, and nothing is held of it. It is for measuring a client; what is difficult about servers, [World] has.
//
// Each of its people has the same kinds of posts. Of their own statuses one in eight continues a thread with the one
// before; what they favourited and bookmarked is by strangers; of the strangers' posts that mention them one in two
// replies to a status of theirs. No post is in two collections. Pages go down only, as max_id asks for them.
type Bulk struct {
	host      string
	people    []*bulkPerson
	media     bool
	templates map[bulkLook]template
	mux       *http.ServeMux
	requests  atomic.Int64
}

// BulkOptions say what a bulk server is like.
type BulkOptions struct {
	Host   string // with the port; addresses begin with http
	People int    // at least one; they are named bulk0, bulk1, …
	Media  bool   // one status in five has an image
}

// BulkSize is how many posts a person's collections have.
type BulkSize struct{ Statuses, Favourites, Bookmarks, Mentions int }

// BulkOf spreads posts over the collections: of twenty, five are favourites, three mentions and one a bookmark.
func BulkOf(posts int) BulkSize {
	s := BulkSize{Favourites: posts / 4, Bookmarks: posts / 20, Mentions: 3 * posts / 20}
	s.Statuses = posts - s.Favourites - s.Bookmarks - s.Mentions
	return s
}

// Total is the number of posts.
func (s BulkSize) Total() int { return s.Statuses + s.Favourites + s.Bookmarks + s.Mentions }

// of is the size of one collection.
func (s BulkSize) of(kind bulkKind) int {
	return [...]int{s.Statuses, s.Favourites, s.Bookmarks, s.Mentions}[kind]
}

type bulkPerson struct {
	user, id, token string
	size            atomic.Pointer[BulkSize]
}

// NewBulk makes a server whose people have no posts yet.
func NewBulk(o BulkOptions) *Bulk {
	b := &Bulk{host: o.Host, media: o.Media, mux: http.NewServeMux()}
	secrets := newOAuth(o.Host)
	for n := range max(1, o.People) {
		p := &bulkPerson{user: "bulk" + strconv.Itoa(n), id: strconv.Itoa(1_000_000 + n), token: secrets.secret()}
		p.size.Store(&BulkSize{})
		b.people = append(b.people, p)
	}
	b.templates = b.compile()
	b.routes()
	return b
}

// Resize gives a person so many posts; what is added is newer than what was there. The next request sees it.
func (b *Bulk) Resize(person int, size BulkSize) { b.people[person].size.Store(&size) }

// Accounts are the people as accounts of a household, with the tokens that their server takes.
func (b *Bulk) Accounts() (accounts []archive.Account, tokens []string) {
	for _, p := range b.people {
		accounts = append(accounts, archive.Account{User: p.user, Instance: b.host, Scheme: "http"})
		tokens = append(tokens, p.token)
	}
	return accounts, tokens
}

// Requests is how many requests came to the API so far.
func (b *Bulk) Requests() int { return int(b.requests.Load()) }

// ServeHTTP answers a request. It may be called from several goroutines.
func (b *Bulk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		b.requests.Add(1)
	}
	b.mux.ServeHTTP(w, r)
}

func (b *Bulk) base() string { return "http://" + b.host }

func (b *Bulk) routes() {
	about := func(value any) http.HandlerFunc {
		body := appendJSON(nil, value)
		return func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, body) }
	}
	b.mux.HandleFunc("GET /api/v2/instance", about(object{
		{"domain", b.host}, {"version", Mastodon45.Version}, {"api_versions", object{{"mastodon", Mastodon45.API}}}}))
	b.mux.HandleFunc("GET /.well-known/nodeinfo", about(object{{"links", list{object{
		{"rel", "http://nodeinfo.diaspora.software/ns/schema/2.0"}, {"href", b.base() + "/nodeinfo/2.0"}}}}}))
	b.mux.HandleFunc("GET /nodeinfo/2.0", about(object{
		{"version", "2.0"}, {"software", object{{"name", Mastodon45.Name}, {"version", Mastodon45.Version}}}}))
	b.mux.HandleFunc("GET /api/v1/accounts/verify_credentials", b.api(b.credentials))
	b.mux.HandleFunc("GET /api/v1/accounts/{id}/statuses", b.api(b.page(bulkStatus)))
	b.mux.HandleFunc("GET /api/v1/favourites", b.api(b.page(bulkFavourite)))
	b.mux.HandleFunc("GET /api/v1/bookmarks", b.api(b.page(bulkBookmark)))
	b.mux.HandleFunc("GET /api/v1/notifications", b.api(b.page(bulkMention)))
	b.mux.HandleFunc("GET /api/v1/statuses", b.api(b.batch))
	b.mux.HandleFunc("GET /api/v1/statuses/{id}", b.api(b.single))
	b.mux.HandleFunc("GET /api/v1/statuses/{id}/context", b.api(b.context))
	b.mux.HandleFunc("GET /api/v2/search", about(object{{"accounts", list{}}, {"statuses", list{}}, {"hashtags", list{}}}))
	b.mux.HandleFunc("GET /system/media_attachments/{id}", b.file)
	b.mux.HandleFunc("GET "+avatarPath, emblem)
	b.mux.HandleFunc("/", unknownPath)
}

// bulkEndpoint answers a person's request with JSON.
type bulkEndpoint func(p *bulkPerson, w http.ResponseWriter, r *http.Request) ([]byte, *failure)

// api finds out whose token asks.
func (b *Bulk) api(answer bulkEndpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, p := range b.people {
			if r.Header.Get("Authorization") != "Bearer "+p.token {
				continue
			}
			body, failed := answer(p, w, r)
			if failed != nil {
				fail(w, *failed)
				return
			}
			reply(w, http.StatusOK, body)
			return
		}
		fail(w, badToken)
	}
}
