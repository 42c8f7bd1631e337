package mastodontest

import "net/http"

// aboutRoutes say what the instance is; they need no token.
func (i *Instance) aboutRoutes(mux *http.ServeMux) {
	about := func(value func() any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			i.world.mu.RLock()
			body := appendJSON(nil, value())
			i.world.mu.RUnlock()
			reply(w, http.StatusOK, body)
		}
	}
	mux.HandleFunc("GET /api/v1/instance", about(i.instanceV1))
	if i.software.V2 {
		mux.HandleFunc("GET /api/v2/instance", about(i.instanceV2))
	}
	mux.HandleFunc("GET /.well-known/nodeinfo", about(func() any {
		return object{{"links", list{object{
			{"rel", "http://nodeinfo.diaspora.software/ns/schema/2.0"}, {"href", i.BaseURL() + "/nodeinfo/2.0"}}}}}
	}))
	mux.HandleFunc("GET /nodeinfo/2.0", about(i.nodeinfo))
	if i.software.Profile {
		mux.HandleFunc("GET /.well-known/oauth-authorization-server", about(i.authorizationServer))
	}
}

func (i *Instance) instanceV1() any {
	return object{
		{"uri", i.host}, {"title", i.host}, {"short_description", ""}, {"description", "A fake."},
		{"email", "admin@" + i.host}, {"version", i.software.Version},
		{"urls", object{{"streaming_api", "wss://" + i.host}}},
		{"stats", object{
			{"user_count", len(i.people)}, {"status_count", len(i.world.posts)}, {"domain_count", len(i.world.hosts)}}},
		{"thumbnail", nil}, {"languages", list{"en"}}, {"registrations", false}, {"approval_required", false},
		{"invites_enabled", false}, {"configuration", i.configuration()}, {"contact_account", nil}, {"rules", list{}},
	}
}

func (i *Instance) instanceV2() any {
	o := object{
		{"domain", i.host}, {"title", i.host}, {"version", i.software.Version},
		{"source_url", "https://" + i.host + "/source"}, {"description", "A fake."},
		{"usage", object{{"users", object{{"active_month", len(i.people)}}}}},
		{"thumbnail", object{{"url", i.BaseURL() + "/headers/original/missing.png"}}},
		{"languages", list{"en"}}, {"configuration", i.configuration()},
		{"registrations", object{{"enabled", false}, {"approval_required", false}, {"message", nil}}},
	}
	o.set(i.software.API > 0, "api_versions", object{{"mastodon", i.software.API}})
	return append(o, field{"contact", object{{"email", "admin@" + i.host}, {"account", nil}}}, field{"rules", list{}})
}

func (i *Instance) configuration() any {
	return object{
		{"urls", object{{"streaming", "wss://" + i.host}}},
		{"accounts", object{{"max_featured_tags", 10}}},
		{"statuses", object{{"max_characters", 500}, {"max_media_attachments", 4}, {"characters_reserved_per_url", 23}}},
		{"polls", object{
			{"max_options", 4}, {"max_characters_per_option", 50}, {"min_expiration", 300}, {"max_expiration", 2629746}}},
	}
}

func (i *Instance) nodeinfo() any {
	return object{
		{"version", "2.0"}, {"software", object{{"name", i.software.Name}, {"version", i.software.Version}}},
		{"protocols", list{"activitypub"}}, {"services", object{{"outbound", list{}}, {"inbound", list{}}}},
		{"usage", object{{"users", object{{"total", len(i.people)}}}, {"localPosts", len(i.world.posts)}}},
		{"openRegistrations", false}, {"metadata", object{{"nodeName", i.host}}},
	}
}

func (i *Instance) authorizationServer() any {
	base := i.BaseURL()
	return object{
		{"issuer", base + "/"}, {"service_documentation", "https://docs.joinmastodon.org/"},
		{"authorization_endpoint", base + "/oauth/authorize"}, {"token_endpoint", base + "/oauth/token"},
		{"app_registration_endpoint", base + "/api/v1/apps"}, {"revocation_endpoint", base + "/oauth/revoke"},
		{"userinfo_endpoint", base + "/oauth/userinfo"}, {"scopes_supported", i.scopes()},
		{"response_types_supported", list{"code"}}, {"response_modes_supported", list{"query", "fragment", "form_post"}},
		{"grant_types_supported", list{"authorization_code", "client_credentials"}},
		{"token_endpoint_auth_methods_supported", list{"client_secret_basic", "client_secret_post"}},
		{"code_challenge_methods_supported", list{"S256"}},
	}
}
