package mastodontest

import (
	"fmt"
	"time"
)

// Draft is a post before it is sent.
type Draft struct {
	// Text is the post as its author types it. A blank line begins a paragraph; words that are a URL, a
	// #hashtag, a :custom_emoji: or the @user@host of somebody in the world become that.
	Text string
	// HTML, where it is set, is the content as it stands; then Text is what is to be read out of it, and
	// Mentions, Tags and Links say what it names.
	HTML     string
	Mentions []*Person
	Tags     []string
	Links    []string

	Visibility string // public, unlisted, private or direct; empty is public
	Warning    string // the content warning
	Language   string // empty is null
	ReplyTo    *Post
	Quote      *Post
	QuoteState string // empty is accepted
	Poll       *Poll
	Media      []Media
}

// Poll is a question of a post.
type Poll struct {
	Options  []string
	Multiple bool
	Ends     time.Time
}

// Post is something that was posted, or a boost of it. The same post has another id on each instance.
type Post struct {
	world      *World
	seq        uint64
	author     *Person
	uri, url   string
	created    time.Time
	visibility string
	parent     *Post
	boosted    *Post     // what a boost boosts, nil for a post
	versions   []version // oldest first
	deleted    bool

	replies    []*Post
	boosts     []*Post
	quoters    []*Post
	favourites map[*Person]bool
	bookmarks  map[*Person]bool
	votes      map[*Person][]int
	ended      bool // the poll
}

// version is a post between two edits.
type version struct {
	at    time.Time
	draft Draft
	files []*attachment
	body
}

// URI is the post's name in ActivityPub, the same everywhere.
func (p *Post) URI() string { return p.uri }

// URL is the post's page on its author's server.
func (p *Post) URL() string { return p.url }

// Author is who posted or boosted it.
func (p *Post) Author() *Person { return p.author }

// Boosted is what a boost boosts; nil for a post.
func (p *Post) Boosted() *Post { return p.boosted }

// now is the version that is shown.
func (p *Post) now() version {
	if len(p.versions) == 0 {
		return version{at: p.created}
	}
	return p.versions[len(p.versions)-1]
}

// edited is when the post was edited last; zero where it never was.
func (p *Post) edited() time.Time {
	if len(p.versions) < 2 {
		return time.Time{}
	}
	return p.now().at
}

// target is the post that a favourite or a bookmark of p is stored on.
func (p *Post) target() *Post {
	if p.boosted != nil {
		return p.boosted
	}
	return p
}

// addresses are the post's uri and url, by what its author's server runs (mastodon-api.md §4).
func (p *Post) addresses() (uri, url string) {
	home, user := p.author.home, p.author.user
	base, id := home.BaseURL(), home.statuses.ids[p]
	switch home.software.IDs {
	case ULID:
		return p.author.uri + "/statuses/" + id, fmt.Sprintf("%s/@%s/statuses/%s", base, user, id)
	case Flake:
		return base + "/objects/" + uuid(home.host+id), base + "/notice/" + id
	case AIDX:
		return base + "/notes/" + id, base + "/notes/" + id
	}
	switch home.software.Name {
	case "pixelfed":
		uri, url = fmt.Sprintf("%s/p/%s/%s", base, user, id), fmt.Sprintf("%s/p/%s/%s", base, user, id)
	case "friendica":
		guid := uuid(home.host + id)
		uri, url = base+"/objects/"+guid, base+"/display/"+guid
	default:
		uri, url = p.author.uri+"/statuses/"+id, fmt.Sprintf("%s/@%s/%s", base, user, id)
	}
	if p.boosted != nil {
		return uri + "/activity", uri + "/activity"
	}
	return uri, url
}

// Versions are when each of the post's versions was made; the first is what was posted.
func (p *Post) Versions() []time.Time {
	p.world.mu.RLock()
	defer p.world.mu.RUnlock()
	times := make([]time.Time, len(p.versions))
	for n, v := range p.versions {
		times[n] = v.at
	}
	return times
}
