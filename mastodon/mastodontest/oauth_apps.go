package mastodontest

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

func (i *Instance) oauthRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/v1/apps", i.registerApp)
	mux.HandleFunc("GET /oauth/authorize", i.authorize)
	mux.HandleFunc("GET /oauth/authorize/native", i.showCode)
	mux.HandleFunc("POST /oauth/token", i.token)
	mux.HandleFunc("POST /oauth/revoke", i.revokeToken)
}

// parameters reads the body of a POST, a form or JSON.
func parameters(r *http.Request) url.Values {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		_ = r.ParseForm() // what can't be read is missing
		return r.PostForm
	}
	var fields map[string]any
	values := url.Values{}
	_ = json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(&fields) // what can't be read is missing
	for name, value := range fields {
		switch v := value.(type) {
		case string:
			values.Add(name, v)
		case []any:
			for _, item := range v {
				if text, ok := item.(string); ok {
					values.Add(name, text)
				}
			}
		}
	}
	return values
}

// registerApp answers POST /api/v1/apps. It refuses a scope that the instance does not know.
func (i *Instance) registerApp(w http.ResponseWriter, r *http.Request) {
	q := parameters(r)
	a := &app{name: q.Get("client_name"), website: q.Get("website"), scopes: strings.Fields(q.Get("scopes"))}
	for _, redirects := range append(q["redirect_uris"], q["redirect_uris[]"]...) {
		a.redirects = append(a.redirects, strings.Fields(redirects)...)
	}
	if len(a.scopes) == 0 {
		a.scopes = []string{"read"}
	}
	if problem := i.checkApp(a); problem != "" {
		fail(w, failure{http.StatusUnprocessableEntity, "Validation failed: " + problem})
		return
	}
	i.mu.Lock()
	a.id, a.secret = i.oauth.secret(), i.oauth.secret()
	i.oauth.apps[a.id] = a
	number := len(i.oauth.apps)
	i.mu.Unlock()
	o := object{{"id", strconv.Itoa(number)}, {"name", a.name}, {"website", orNull(a.website)}}
	o.set(i.software.Profile, "scopes", a.scopes)
	o.set(i.software.Profile, "redirect_uris", a.redirects)
	o = append(o, field{"redirect_uri", strings.Join(a.redirects, "\n")},
		field{"client_id", a.id}, field{"client_secret", a.secret})
	o.set(i.software.Profile, "client_secret_expires_at", 0)
	reply(w, http.StatusOK, appendJSON(nil, append(o, field{"vapid_key", "BCk-QqERU0q-CfYZjcuB6lnyyOYfJ2AifKqfeGIm7Z-"})))
}

// checkApp says what is wrong with an app; empty for nothing.
func (i *Instance) checkApp(a *app) string {
	known := i.scopes()
	unknown := func(scope string) bool { return !slices.Contains(known, scope) }
	invalid := func(redirect string) bool {
		u, err := url.Parse(redirect)
		return err != nil || !u.IsAbs()
	}
	switch {
	case a.name == "":
		return "Application name can't be blank"
	case len(a.redirects) == 0:
		return "Redirect URI can't be blank"
	case slices.ContainsFunc(a.redirects, invalid):
		return "Redirect URI must be an absolute URI."
	case slices.ContainsFunc(a.scopes, unknown):
		return "Scopes doesn't match configured on the server."
	}
	return ""
}
