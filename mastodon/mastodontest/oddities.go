package mastodontest

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
)

// Oddities are ways of paging that would lose posts, or never end, if they were taken at their word (mastodon-api.md §8).
type Oddities struct {
	LikeIDs       bool // favourites have a like_id, and their next link names the newest of a page, prev the oldest
	Swapped       bool // what leads down is called prev, and what leads up next
	OpaqueCursors bool // bookmarks are paged by cursor=, and the top page has no prev link
	OnlyPosts     bool // of somebody's posts replies and boosts are left out, and there is no Link header
	IgnoresMaxID  bool // of somebody's posts
	StrictLimit   bool // a limit above the highest is refused with 422
	PostCursors   bool // favourites and bookmarks are paged by the post's id, however old the post is
	PrevHere      bool // the prev link leads to the page itself
	Twice         bool // a reaction is told of twice, with the same id, and what has no post is left out of its page
}

// The kinds of server that page oddly. Their posts and people look like Mastodon's.
var (
	// Pixelfed is of 2024 (ApiV1Controller.php:741-750,1305-1309; pixelfed#4854).
	Pixelfed = Software{
		Name: "pixelfed", Version: "2.7.2 (compatible; Pixelfed 0.11.13)", IDs: Snowflake,
		DefaultLimit: 10, MaxLimit: 20, MaxNotifications: 80, NextAlways: true, NoCache: true,
		Oddities: Oddities{LikeIDs: true, OpaqueCursors: true, OnlyPosts: true, StrictLimit: true},
	}
	// Pixelfed0125 does not look at max_id (pixelfed#5969).
	Pixelfed0125 = Software{
		Name: "pixelfed", Version: "3.5.3 (compatible; Pixelfed 0.12.5)", IDs: Snowflake,
		DefaultLimit: 10, MaxLimit: 20, MaxNotifications: 80, NextAlways: true, NoCache: true,
		Oddities: Oddities{LikeIDs: true, OpaqueCursors: true, OnlyPosts: true, StrictLimit: true, IgnoresMaxID: true},
	}
	// Pixelfed0113 calls links by each other's names (pixelfed#3354).
	Pixelfed0113 = Software{
		Name: "pixelfed", Version: "2.7.2 (compatible; Pixelfed 0.11.3)", IDs: Snowflake,
		DefaultLimit: 10, MaxLimit: 20, MaxNotifications: 80, NextAlways: true, NoCache: true,
		Oddities: Oddities{Swapped: true, OnlyPosts: true, StrictLimit: true},
	}
	// Friendica is of 2024 (Favourited.php:41-56, Bookmarks.php:39-54, BaseApi.php, setLinkHeader).
	Friendica = Software{
		Name: "friendica", Version: "2.8.0 (compatible; Friendica 2024.12)", IDs: Snowflake,
		DefaultLimit: 20, MaxNotifications: 80, NextAlways: true, IgnoresTypes: true, V2: true, NoCache: true,
		Oddities: Oddities{PostCursors: true},
	}
	// Takahe is of January 2023 (takahe#361).
	Takahe = Software{
		Name: "takahe", Version: "4.0.0 (compatible; Takahe 0.6.1)", IDs: Snowflake,
		DefaultLimit: 20, MaxLimit: 40, MaxNotifications: 40, NextAlways: true, NoCache: true,
		Oddities: Oddities{PrevHere: true},
	}
)

// tooMany is the refusal of a limit, in Laravel's words.
var tooMany = failure{422, "The limit may not be greater than 20."}

// overLimit says whether a server refuses a request for its limit.
func (s Software) overLimit(q url.Values) bool {
	n, err := strconv.Atoi(q.Get("limit"))
	return s.StrictLimit && err == nil && n > s.MaxLimit
}

// laravel is a cursor of Laravel's: opaque, as long as others, and in no order that text has.
type laravel struct {
	ID   int  `json:"id"`
	Down bool `json:"_pointsToNextItems"`
}

func (c laravel) String() string {
	text, _ := json.Marshal(c) // never fails
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseLaravel reads a cursor; what is none gives 0.
func parseLaravel(s string) (c laravel) {
	if text, err := base64.RawURLEncoding.DecodeString(s); err == nil {
		_ = json.Unmarshal(text, &c) // and then it is zero
	}
	return c
}
