package mastodontest

// Software is what a server runs, as the traits in which servers differ for an archiver. The variables of this
// package are the kinds that were read in source (mastodon-api.md); a test may change a copy.
type Software struct {
	Name    string // as nodeinfo says it
	Version string // as /api/v1/instance says it
	API     int    // api_versions.mastodon in /api/v2/instance; 0: it says none
	IDs     IDs    // what the ids of statuses, accounts and attachments look like

	Batch       int      // how many ids GET /api/v1/statuses takes; 0: there is no such route
	BatchStrict bool     // more are refused with 422; otherwise the rest is dropped in silence
	BatchKeys   []string // the parameters that name them

	DefaultLimit     int  // of statuses, favourites and bookmarks
	MaxLimit         int  // of the same; more is cut in silence; 0: any limit is honoured, and 0 means all
	MaxNotifications int  // of notifications
	NextAlways       bool // every page that is not empty has a next link; otherwise only full ones
	NoLink           bool // favourites and bookmarks have no Link header
	MinIDNewest      bool // min_id on favourites and bookmarks gives the newest page, as since_id does
	IgnoresTypes     bool // types[] and exclude_types[] of notifications change nothing
	Oddities              // of the software that is odder still

	Boosts    BoostStyle
	Quotes    QuoteStyle
	Edits     bool // statuses have edited_at, and there is a history
	NoHistory bool // there is none nevertheless
	V2        bool // there is /api/v2/instance
	NoURI     bool // accounts have no uri
	NoCache   bool // remote media are not copied: their url is the original's

	Search       bool // resolving a URL by search works
	Granular     bool // scopes such as read:statuses are known
	Profile      bool // the scope profile is known, and scopes are listed in .well-known/oauth-authorization-server
	PKCE         bool // code_challenge is checked; otherwise it is ignored
	UserAgent    bool // a request without User-Agent is a teapot's
	Ghosts       bool // what the server does not have is named by its address, with the id "_"
	Conversation bool // the ancestors in a context are all earlier posts of the conversation
	RateLimits   []Throttle
}

// BoostStyle is how the wrapper of a boost looks.
type BoostStyle int

// The styles of a boost.
const (
	BoostEmpty   BoostStyle = iota // no content, a uri of its own
	BoostRetweet                   // the content is "RT @author text"
	BoostShare                     // no content, but media, uri and url are the target's
	BoostCopy                      // content, media, uri and url are the target's
)

// QuoteStyle is how a quoted post is told.
type QuoteStyle int

// The styles of a quote.
const (
	QuoteNone    QuoteStyle = iota // not at all: only the link in the text
	QuoteState                     // quote: {state, quoted_status}, the next one shallow
	QuotePleroma                   // pleroma.quote, a plain status
	QuotePlain                     // quote and quote_id, a plain status
)

// The kinds of server.
var (
	Mastodon45 = Software{
		Name: "mastodon", Version: "4.5.4", API: 7, IDs: Snowflake,
		Batch: 20, BatchStrict: true, BatchKeys: []string{"id[]"},
		DefaultLimit: 20, MaxLimit: 40, MaxNotifications: 80,
		Quotes: QuoteState, Edits: true, V2: true, Search: true, Granular: true, Profile: true, PKCE: true,
		RateLimits: mastodonThrottles,
	}
	Mastodon42 = Software{
		Name: "mastodon", Version: "4.2.17", IDs: Snowflake,
		DefaultLimit: 20, MaxLimit: 40, MaxNotifications: 80,
		Edits: true, V2: true, Search: true, Granular: true,
		RateLimits: mastodonThrottles,
	}
	Mastodon31 = Software{
		Name: "mastodon", Version: "3.1.5", IDs: Snowflake,
		DefaultLimit: 20, MaxLimit: 40, MaxNotifications: 30,
		Boosts: BoostRetweet, Search: true, Granular: true,
		RateLimits: mastodonThrottles,
	}
	GoToSocial = Software{
		Name: "gotosocial", Version: "0.20.0+git-57cb4fe", IDs: ULID,
		DefaultLimit: 30, MaxNotifications: 80, NextAlways: true, MinIDNewest: true,
		Edits: true, V2: true, NoURI: true, Search: true, Granular: true, UserAgent: true,
		RateLimits: goToSocialThrottles,
	}
	Pleroma = Software{
		Name: "pleroma", Version: "2.7.2 (compatible; Pleroma 2.7.1)", IDs: Flake,
		Batch: 100, BatchKeys: []string{"id[]", "ids[]"},
		DefaultLimit: 20, MaxLimit: 40, MaxNotifications: 40, NextAlways: true,
		Boosts: BoostCopy, Quotes: QuotePleroma, Edits: true, V2: true, NoCache: true, Search: true, Granular: true,
		Conversation: true,
	}
	Akkoma = Software{
		Name: "akkoma", Version: "2.7.2 (compatible; Akkoma 3.15.2)", IDs: Flake,
		Batch: 100, BatchKeys: []string{"ids[]"},
		DefaultLimit: 20, MaxLimit: 40, MaxNotifications: 40, NextAlways: true,
		Boosts: BoostShare, Quotes: QuotePlain, Edits: true, V2: true, NoCache: true, Search: true, Granular: true,
		Conversation: true, Ghosts: true,
	}
	Sharkey = Software{
		Name: "sharkey", Version: "3.0.0 (compatible; Sharkey 2025.5.2-dev)", IDs: AIDX,
		DefaultLimit: 20, MaxLimit: 40, MaxNotifications: 80, NoLink: true, IgnoresTypes: true,
		Oddities: Oddities{Twice: true},
		Quotes:   QuotePlain, Edits: true, V2: true, Granular: true,
	}
)

// The families: what all of a family do alike.
func (s Software) mastodon() bool   { return s.Name == "mastodon" }
func (s Software) goToSocial() bool { return s.IDs == ULID }
func (s Software) pleroma() bool    { return s.IDs == Flake }
func (s Software) misskey() bool    { return s.IDs == AIDX }

// updates says whether people are told that what they boosted was edited.
func (s Software) updates() bool { return s.Edits && !s.pleroma() }
