package mastodontest

import (
	"net/http"
	"strconv"
	"strings"
)

// failure is an answer that is not what was asked for.
type failure struct {
	status int
	text   string
}

// The failures, in Mastodon's words.
var (
	notFound     = failure{http.StatusNotFound, "Record not found"}
	badToken     = failure{http.StatusUnauthorized, "The access token is invalid"}
	noToken      = failure{http.StatusUnauthorized, "This method requires an authenticated user"}
	outsideScope = failure{http.StatusForbidden, "This action is outside the authorized scopes"}
)

// endpoint answers a request of the API with a value to be written as JSON, or with a failure. The graph's lock
// is held meanwhile.
type endpoint func(v view, w http.ResponseWriter, r *http.Request) any

// filePrefixes are where files of posts live: Mastodon's, GoToSocial's, Pleroma's and Misskey's, and Mastodon's proxy.
var filePrefixes = []string{"/system/", "/fileserver/", "/media/", "/files/", "/media_proxy/"}

// emblems are where pictures live that belong to no post.
var emblems = []string{avatarPath, emojiPath, cardPath, nonePath, "/headers/"}

// routes are the paths that an instance knows.
func (i *Instance) routes() *http.ServeMux {
	mux := http.NewServeMux()
	i.apiRoutes(mux)
	i.aboutRoutes(mux)
	i.oauthRoutes(mux)
	for _, prefix := range filePrefixes {
		mux.HandleFunc("GET "+prefix, i.file)
	}
	mux.HandleFunc("GET /media_proxy/{id}/original", i.proxy)
	for _, prefix := range emblems {
		mux.HandleFunc("GET "+prefix, emblem)
	}
	mux.HandleFunc("/", unknownPath)
	return mux
}

func (i *Instance) apiRoutes(mux *http.ServeMux) {
	for _, route := range []struct {
		path   string
		scopes string // one of these is wanted, where there is a token
		token  bool   // there must be one
		answer endpoint
	}{
		{"accounts/verify_credentials", "profile read:accounts", true, i.credentials},
		{"accounts/{id}/statuses", "read:statuses", false, i.accountStatuses},
		{"favourites", "read:favourites", true, i.favourites},
		{"bookmarks", "read:bookmarks", true, i.bookmarks},
		{"notifications", "read:notifications", true, i.notifications},
		{"statuses", "read:statuses", false, i.batch},
		{"statuses/{id}", "read:statuses", false, i.single},
		{"statuses/{id}/context", "read:statuses", false, i.context},
		{"statuses/{id}/history", "read:statuses", false, i.history},
		{"polls/{id}", "read:statuses", false, i.pollOf},
	} {
		mux.HandleFunc("GET /api/v1/"+route.path, i.api(route.scopes, route.token, route.answer))
	}
	mux.HandleFunc("GET /api/v2/filters", i.api("read:filters", true, i.keywordFilters))
	mux.HandleFunc("GET /api/v2/search", i.api("read:search", true, i.search))
}

// api checks the token, asks an endpoint and writes its answer.
func (i *Instance) api(scopes string, token bool, answer endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		grant, known := i.bearer(r)
		v := view{inst: i}
		switch {
		case !known:
			fail(w, badToken)
			return
		case grant != nil && !grant.allows(scopes):
			fail(w, outsideScope)
			return
		case grant != nil:
			v.viewer = grant.person
		}
		if token && v.viewer == nil {
			fail(w, noToken)
			return
		}
		i.world.mu.RLock()
		value := answer(v, w, r)
		body := appendJSON(nil, value)
		i.world.mu.RUnlock()
		if f, failed := value.(failure); failed {
			fail(w, f)
			return
		}
		reply(w, http.StatusOK, body)
	}
}

// reply writes JSON.
func reply(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have gone
}

func fail(w http.ResponseWriter, f failure) {
	reply(w, f.status, appendJSON(nil, object{{"error", f.text}}))
}

// unknownPath answers where there is no route: programs get JSON, people a page.
func unknownPath(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Accept"), "json") {
		fail(w, failure{http.StatusNotFound, "Not Found"})
		return
	}
	page(w, http.StatusNotFound, "The page you are looking for isn't here.")
}

// polite refuses what the software finds impolite: GoToSocial wants a User-Agent, and JSON to be acceptable.
func (i *Instance) polite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		accept := r.Header.Get("Accept")
		switch {
		case !i.software.UserAgent || !strings.HasPrefix(r.URL.Path, "/api/"):
			next.ServeHTTP(w, r)
		case r.UserAgent() == "":
			fail(w, failure{http.StatusTeapot, "I'm a teapot: no user-agent sent with request"})
		case accept != "" && !strings.Contains(accept, "json") && !strings.Contains(accept, "*/*"):
			fail(w, failure{http.StatusNotAcceptable, "Not Acceptable"})
		default:
			next.ServeHTTP(w, r)
		}
	})
}
