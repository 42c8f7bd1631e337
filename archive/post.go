package archive

// Post is one version of a post, as one account's server rendered it.
type Post struct {
	URI         string // unique in the archive; a boost that shares its target's gets one of its own
	ID          string // on Instance; opaque, never a number
	Instance    string // the host that rendered it
	URL         string // for people; may be empty
	Author      string // user@domain
	AuthorURL   string
	Visibility  string
	Language    string
	SpoilerText string // the content warning
	Content     string // as text
	Hashtags    []string
	Mentions    []string // user@domain
	Links       []Link
	PollOptions []string
	PollEnds    Time
	Media       []Attachment
	Reblog      string // the URI of what a boost boosts
	CreatedAt   Time
	EditedAt    Time
	FetchedBy   string // the account whose token asked
	Origin      bool   // Instance is the author's own server
	JSON        []byte // the bytes that the server sent; of an imported post, a status in the form of the API
	References  []Reference
	Prepared    any // the store's own: what it has made of the post, which is not changed after that; nil: nothing yet

	Imported  string // what JSON was taken from, where no server sent it; empty otherwise
	Received  []byte // of an imported post: what JSON was made from, where that is no status of the API
	FetchedAt Time   // of an imported post: when its server sent it; zero: not known
	Note      string // of an imported post: what its owner wrote beside it
}

// What posts are imported from, as [Post.Imported] has it.
const (
	FromLAMA            = "lama"             // the database of LAMA 1.x
	FromExport          = "export"           // what a server gives its user to take along
	FromMastodonArchive = "mastodon-archive" // a file of the program of that name
)

// Link is a link in a post's content, in LAMA 1.1's columns.
type Link struct {
	URL      string `json:"url"`
	Text     string `json:"text"`     // empty where it is the URL itself
	Mastodon bool   `json:"mastodon"` // the URL looks like a post of the fediverse
}

// Attachment is a media file of a post.
type Attachment struct {
	Position  int    // in the post, from 0
	Type      string // image, video, gifv, audio or unknown; of a picture avatar, emoji or card
	Alt       string
	URL       string // the copy of the server that rendered the post; may be empty
	RemoteURL string // the original; empty where URL is that
	ID        string
	Off       bool // the owner does not want it downloaded
}

// Source is what tells an attachment from the others of its post, whoever rendered it: the address of the
// original, or the id while it has none.
func (a Attachment) Source() string {
	switch {
	case a.RemoteURL != "":
		return a.RemoteURL
	case a.URL != "":
		return a.URL
	}
	return a.Placeholder()
}

// Placeholder is what tells an attachment from the others while it has no address.
func (a Attachment) Placeholder() string { return "id:" + a.ID }

// Reference is a post that another one replies to, links to or quotes.
type Reference struct {
	Chain  Chain
	Target Name
}

// Public says whether what one account was shown may serve another of the household.
func (p Post) Public() bool { return Public(p.Visibility) }

// Public says whether a visibility is open to everybody.
func Public(visibility string) bool { return visibility == "public" || visibility == "unlisted" }

// Names are the other names by which references may mean this post.
func (p Post) Names() []Name {
	names := []Name{IDName(p.Instance, p.ID)}
	if p.URL != "" && p.URL != p.URI && p.Reblog == "" {
		names = append(names, URLName(p.URL))
	}
	return names
}
