package mastodontest

import (
	"net/http"
	"strings"
	"unicode"
)

// account is a person as the API shows them.
func (v view) account(p *Person) object {
	software, avatar := v.inst.software, v.avatarOf(p)
	header := v.inst.BaseURL() + "/headers/original/missing.png"
	o := object{
		{"id", v.inst.accounts.ids[p]}, {"username", p.user}, {"acct", p.acct(v.inst)},
		{"display_name", p.displayName()}, {"locked", false}, {"bot", false}, {"discoverable", true},
	}
	o.set(software.API > 0, "indexable", true)
	o = append(o, field{"group", false}, field{"created_at", p.created.Format("2006-01-02T00:00:00.000Z")},
		field{"note", "<p>" + p.displayName() + " writes things.</p>"}, field{"url", p.url})
	o.set(!software.NoURI && software.V2, "uri", p.uri)
	o = append(o,
		field{"avatar", avatar}, field{"avatar_static", avatar},
		field{"header", header}, field{"header_static", header},
		field{"followers_count", 0}, field{"following_count", len(p.follows)},
		field{"statuses_count", v.statusesCount(p)}, field{"last_status_at", p.lastStatus()},
	)
	o.set(software.API > 0, "hide_collections", nil)
	o.set(software.API > 0, "noindex", false)
	o.set(software.pleroma(), "fqn", p.Handle())
	o.set(software.pleroma(), "pleroma", object{{"ap_id", p.uri}, {"is_admin", false}, {"tags", list{}}})
	o = append(o, field{"emojis", list{}})
	o.set(software.V2 && p.home == v.inst, "roles", list{})
	o.set(p.moved != nil, "moved", v.movedTo(p))
	return append(o, field{"fields", list{}})
}

// movedTo is the account that a person has moved to, which says nothing of where that may have moved.
func (v view) movedTo(p *Person) any {
	if p.moved == nil {
		return nil
	}
	return object{{"id", v.inst.accounts.ids[p.moved]}, {"username", p.moved.user}, {"acct", p.moved.acct(v.inst)},
		{"url", p.moved.url}}
}

// credentials answers /api/v1/accounts/verify_credentials: the viewer's own account.
func (i *Instance) credentials(v view, _ http.ResponseWriter, _ *http.Request) any {
	return append(v.account(v.viewer),
		field{"source", object{
			{"privacy", "public"}, {"sensitive", false}, {"language", "en"},
			{"note", v.viewer.displayName() + " writes things."}, {"fields", list{}}, {"follow_requests_count", 0},
		}},
		field{"role", object{{"id", "-99"}, {"name", ""}, {"permissions", "65536"}, {"color", ""}, {"highlighted", false}}},
	)
}

func (p *Person) displayName() string {
	first, rest := p.user[:1], p.user[1:]
	return strings.ToUpper(first) + strings.Map(func(r rune) rune {
		if r == '_' {
			return ' '
		}
		return unicode.ToLower(r)
	}, rest)
}

func (p *Person) lastStatus() any {
	if len(p.posts) == 0 {
		return nil
	}
	return p.posts[len(p.posts)-1].created.UTC().Format("2006-01-02")
}
