package export

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"

	"lama/store"
)

// actor is an account as Mastodon's exports have it. Its pictures are not in an archive, and no key leaves.
type actor struct {
	Context   []any   `json:"@context"`
	ID        string  `json:"id"`
	Type      string  `json:"type"`
	Following string  `json:"following"`
	Followers string  `json:"followers"`
	Inbox     string  `json:"inbox"`
	Outbox    string  `json:"outbox"`
	Likes     string  `json:"likes"`
	Bookmarks string  `json:"bookmarks"`
	Username  string  `json:"preferredUsername"`
	Name      string  `json:"name"`
	Summary   string  `json:"summary"`
	URL       string  `json:"url"`
	Approves  bool    `json:"manuallyApprovesFollowers"`
	Findable  bool    `json:"discoverable"`
	Published string  `json:"published,omitempty"`
	Fields    []field `json:"attachment"`
}

type field struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// meanings explain the names that are not of ActivityStreams.
var meanings = map[string]any{
	"manuallyApprovesFollowers": "as:manuallyApprovesFollowers", "toot": "http://joinmastodon.org/ns#",
	"discoverable": "toot:discoverable", "schema": "http://schema.org#",
	"PropertyValue": "schema:PropertyValue", "value": "schema:value",
}

// actorOf describes an account, user@instance, by what one of its own posts says of it. Without one, its id is
// what it would be on Mastodon.
func actorOf(name string, latest *store.Seen) actor {
	user, host, _ := strings.Cut(name, "@")
	var a gjson.Result
	id := "https://" + host + "/users/" + user
	if latest != nil {
		a = gjson.GetBytes(latest.JSON, "account")
		id = actorID(a, latest.URI)
	}
	one := actor{
		Context: []any{vocabulary, meanings}, ID: id, Type: kind(a), Following: id + "/following", Followers: id + "/followers",
		Inbox: id + "/inbox", Outbox: "outbox.json", Likes: "likes.json", Bookmarks: "bookmarks.json",
		Username: cmp.Or(a.Get("username").String(), user), Name: a.Get("display_name").String(), Summary: a.Get("note").String(),
		URL: cmp.Or(a.Get("url").String(), "https://"+host+"/@"+user), Approves: a.Get("locked").Bool(),
		Findable: a.Get("discoverable").Bool(), Published: a.Get("created_at").String(), Fields: []field{},
	}
	for _, f := range a.Get("fields").Array() {
		one.Fields = append(one.Fields, field{"PropertyValue", f.Get("name").String(), f.Get("value").String()})
	}
	return one
}

func kind(account gjson.Result) string {
	switch {
	case account.Get("bot").Bool():
		return "Service"
	case account.Get("group").Bool():
		return "Group"
	}
	return "Person"
}
