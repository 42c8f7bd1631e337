package stages

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/mastodon"
)

const host = "https://home.example"

func down(id string) string { return host + "/api/v1/favourites?max_id=" + id }
func up(id string) string   { return host + "/api/v1/favourites?min_id=" + id }

const below = host + "/api/v1/accounts/7/statuses?limit="

// full is a page of 40 items, of which the first has the highest id.
func items(n int) []json.RawMessage {
	all := make([]json.RawMessage, n)
	for i := range all {
		all[i] = fmt.Appendf(nil, `{"id":"%d"}`, 100-i)
	}
	return all
}

// dated are items of these days.
func dated(days ...string) (all []json.RawMessage) {
	for i, day := range days {
		all = append(all, fmt.Appendf(nil, `{"id":"%d","uri":"https://home.example/%d","created_at":"%sT00:00:00Z"}`, 100-i, i, day))
	}
	return all
}

func TestHowAPageMovesItsWalk(t *testing.T) {
	modern := mastodon.Server{Software: "mastodon", APIVersion: 7}
	old, pixelfed := mastodon.Server{Software: "mastodon"}, mastodon.Server{Software: "pixelfed"}
	for name, c := range map[string]struct {
		server mastodon.Server
		walk   archive.Walk
		list   mastodon.List
		want   archive.Step
	}{
		"the top page goes on": {modern, archive.Walk{Collection: archive.Favourites},
			mastodon.List{Items: items(40), Next: down("60"), Prev: up("99"), HasLink: true},
			archive.Step{Top: "99", Bottom: "60", Next: down("60"), Items: 40, Proved: true}},
		"cursors touch": {modern, archive.Walk{Collection: archive.Favourites, Below: true, Floor: "60"},
			mastodon.List{Items: items(40), Next: down("60"), Prev: up("99"), HasLink: true},
			archive.Step{Top: "99", Bottom: "60", Next: down("60"), Items: 40, Met: true, Proved: true}},
		"a shorter number is a smaller one": {modern, archive.Walk{Collection: archive.Favourites, Below: true, Floor: "1000"},
			mastodon.List{Items: items(40), Next: down("998"), Prev: up("1038"), HasLink: true},
			archive.Step{Top: "1038", Bottom: "998", Next: down("998"), Items: 40, Met: true, Proved: true}},
		"what is known is read again": {modern, archive.Walk{Collection: archive.Favourites, Below: true, Floor: "99", DownTo: archive.ParseTime("2024-05-01")},
			mastodon.List{Items: dated("2024-05-03", "2024-05-02"), Next: down("60"), Prev: up("99"), HasLink: true},
			archive.Step{Top: "99", Bottom: "60", Next: down("60"), Items: 2, Proved: true}},
		"down to what is old": {modern, archive.Walk{Collection: archive.Favourites, Below: true, Floor: "99", DownTo: archive.ParseTime("2024-05-01")},
			mastodon.List{Items: dated("2024-05-02", "2024-05-01"), Next: down("60"), Prev: up("99"), HasLink: true},
			archive.Step{Top: "99", Bottom: "60", Next: down("60"), Items: 2, Met: true, Proved: true}},
		"but not above what is known": {modern, archive.Walk{Collection: archive.Favourites, Below: true, Floor: "59", DownTo: archive.ParseTime("2024-05-01")},
			mastodon.List{Items: dated("2024-04-30"), Next: down("60"), Prev: up("99"), HasLink: true},
			archive.Step{Top: "99", Bottom: "60", Next: down("60"), Items: 1, Proved: true}},
		"not there yet": {modern, archive.Walk{Collection: archive.Favourites, Below: true, Floor: "59"},
			mastodon.List{Items: items(40), Next: down("60"), Prev: up("99"), HasLink: true},
			archive.Step{Top: "99", Bottom: "60", Next: down("60"), Items: 40, Proved: true}},
		"no next link is the end": {modern, archive.Walk{Collection: archive.Favourites},
			mastodon.List{Items: items(3), Prev: up("99"), HasLink: true},
			archive.Step{Top: "99", Items: 3, End: true, Proved: true}},
		"an empty page with a next link is not": {modern, archive.Walk{Collection: archive.Favourites, Next: down("70")},
			mastodon.List{Next: down("60"), HasLink: true},
			archive.Step{Bottom: "60", Next: down("60"), Proved: true}},
		"a full page without any link proves nothing": {modern, archive.Walk{Collection: archive.Favourites},
			mastodon.List{Items: items(40)},
			archive.Step{Items: 40, End: true, Doubt: archive.DoubtNoLink}},
		"the same link again is a circle": {modern, archive.Walk{Collection: archive.Favourites, Next: down("60")},
			mastodon.List{Items: items(40), Next: down("60"), HasLink: true},
			archive.Step{Bottom: "60", Next: down("60"), Items: 40, End: true, Doubt: archive.DoubtCircle}},
		"a link upwards is a circle": {modern, archive.Walk{Collection: archive.Favourites, Next: down("60")},
			mastodon.List{Items: items(40), Next: down("61"), HasLink: true},
			archive.Step{Bottom: "61", Next: down("61"), Items: 40, End: true, Doubt: archive.DoubtCircle}},
		"an opaque link of before is a circle": {modern, archive.Walk{Collection: archive.Bookmarks, Next: host + "/?cursor=b%3D", Mark: host + "/?cursor=a%3D"},
			mastodon.List{Items: items(40), Next: host + "/?cursor=a%3D", HasLink: true},
			archive.Step{Bottom: "cursor=a=", Next: host + "/?cursor=a%3D", Items: 40, End: true, Doubt: archive.DoubtCircle}},
		"opaque cursors are not compared": {modern, archive.Walk{Collection: archive.Bookmarks, Below: true, Floor: "z="},
			mastodon.List{Items: items(40), Next: host + "/?cursor=a%3D", HasLink: true},
			archive.Step{Bottom: "cursor=a=", Next: host + "/?cursor=a%3D", Items: 40, Unordered: true, Proved: true}},
		"nor do they lead upwards": {modern, archive.Walk{Collection: archive.Bookmarks, Next: host + "/?cursor=Mz0"},
			mastodon.List{Items: items(40), Next: host + "/?cursor=wA0", HasLink: true},
			archive.Step{Bottom: "cursor=wA0", Next: host + "/?cursor=wA0", Items: 40, Proved: true}},
		"statuses have their ids for cursors": {modern, archive.Walk{Collection: archive.Statuses},
			mastodon.List{Items: items(2), HasLink: true},
			archive.Step{Top: "100", Items: 2, End: true, Proved: true}},
		"old Mastodon's short last page is asked behind": {old, archive.Walk{Collection: archive.Statuses},
			mastodon.List{Items: items(2), HasLink: true},
			archive.Step{Top: "100", Bottom: "99", Next: below + "40&max_id=99", Items: 2, Proved: true}},
		"but not where it has met what was read": {old, archive.Walk{Collection: archive.Statuses, Below: true, Complete: true, Floor: "100"},
			mastodon.List{Items: items(2), HasLink: true},
			archive.Step{Top: "100", Bottom: "99", Next: below + "40&max_id=99", Items: 2, Met: true, Proved: true}},
		"as long as it has not": {old, archive.Walk{Collection: archive.Statuses, Below: true, Complete: true, Floor: "50"},
			mastodon.List{Items: items(39), HasLink: true},
			archive.Step{Top: "100", Bottom: "62", Next: below + "40&max_id=62", Items: 39, Proved: true}},
		"nor when nothing is there": {old, archive.Walk{Collection: archive.Statuses, Next: host + "/api/v1/accounts/7/statuses?limit=40&max_id=99"},
			mastodon.List{HasLink: true},
			archive.Step{End: true, Proved: true}},
		"Pixelfed's posts are asked for without its help": {pixelfed, archive.Walk{Collection: archive.Statuses},
			mastodon.List{Items: items(20)},
			archive.Step{Top: "100", Bottom: "81", Next: below + "20&max_id=81", Items: 20, Proved: true}},
		"until there are no more": {pixelfed, archive.Walk{Collection: archive.Statuses, Next: below + "20&max_id=81"},
			mastodon.List{},
			archive.Step{End: true, Proved: true}},
		"or it does not look at what is asked": {pixelfed, archive.Walk{Collection: archive.Statuses, Next: below + "20&max_id=81"},
			mastodon.List{Items: items(20)},
			archive.Step{Top: "100", Bottom: "81", Next: below + "20&max_id=81", Items: 20, End: true, Doubt: archive.DoubtCircle}},
	} {
		t.Run(name, func(t *testing.T) {
			s := Session{Account: archive.Account{User: "ana", Instance: "home.example", Scheme: "https"}, Server: c.server, ID: "7"}
			if d := cmp.Diff(c.want, s.step(&c.walk, c.list)); d != "" {
				t.Error(d)
			}
		})
	}
}
