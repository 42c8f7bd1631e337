package archive

import (
	"fmt"
	"strings"
)

// Kind is what a task asks for.
type Kind string

// The kinds of task; each is one request, and a file whose transfer breaks a few more.
const (
	TaskPage    Kind = "page"    // the next page of a walk
	TaskRewalk  Kind = "rewalk"  // the next page of a re-walk
	TaskPosts   Kind = "posts"   // posts by their ids on the account's instance: one, or a batch
	TaskSearch  Kind = "search"  // a post by its URL
	TaskAgain   Kind = "again"   // as TaskPosts, of posts that are stored: what has become of them
	TaskHistory Kind = "history" // the older versions of a post that is stored
	TaskMedia   Kind = "media"   // a media file from one of its addresses
)

// Lane is a queue of tasks that share a budget: an account's requests of one kind, or the files of one host.
type Lane struct {
	Kind  Kind
	Owner string // an account, or a media host
}

// String is the lane for logs.
func (l Lane) String() string { return string(l.Kind) + ":" + l.Owner }

// Task is one request that must be made, and the row that stays pending until its answer is settled: an open
// walk, rows of the frontier, an attachment. Exactly one of Walk, Wants and Media is set, by the lane's kind.
type Task struct {
	Lane  Lane
	Walk  *Walk
	Wants []Want
	Media *Media
	Above bool   // the one want is asked for with all else that is above the post named in its Below
	After string // the key of the page before, of which the answer is not committed yet: this one goes after it
}

// Want is a row of the frontier: a post to be asked for by an account.
type Want struct {
	Account  string
	Name     Name
	Kind     Kind // TaskAgain or TaskHistory; empty for a post that is not stored
	Hops     int
	Alone    bool // a batch, or a conversation, was silent about it: a single request must say why
	Attempts int  // failures so far
	Below    Below
	Head     []byte // TaskHistory: the post as received, in the version that the archive shows
}

// Below is a stored post from which replies lead up to one that is wanted: what is above it holds the wanted post and
// the whole chain up from there, in one answer. The zero value is none.
type Below struct {
	ID    string // on the account's instance
	Local bool   // by a user of that instance
}

// Lone is how many chains of replies are few: so many take fewer requests one conversation each than generation by
// generation in batches that are nearly empty (mastodon-api.md §7).
const Lone = 3

// Media is an attachment, or a picture that many posts show, whose file is not in the archive yet.
type Media struct {
	PostURI   string // empty: a picture, of which the next three are not known
	PostID    string // for the file's name
	Author    string // user@domain, for the file's path
	CreatedAt Time   // of the post
	Attachment
	Step     int // which of Addresses is next
	Gone     int // which of them said no, as bits: 1<<Step
	Attempts int
	Reason   string // what the last attempt came to
	Silent   Time   // since when its host gives no answer; zero where it may give one
}

// Picture says whether it is an avatar, a custom emoji or the image of a card: what posts show beside their own media.
func (m Media) Picture() bool { return m.PostURI == "" }

// Addresses are the places a file can be had from, the best first: the server's copy, the original, and last
// what a server fetches again on demand, of which it allows 30 in 10 minutes (mastodon-api.md §6).
func (m Media) Addresses() []string {
	var direct, proxied []string
	for _, u := range []string{m.URL, m.RemoteURL} {
		switch {
		case u == "" || u == m.URL && len(direct)+len(proxied) > 0:
		case strings.Contains(u, "/media_proxy/"):
			proxied = append(proxied, u)
		default:
			direct = append(direct, u)
		}
	}
	return append(direct, proxied...)
}

// Elsewhere is the address to go on with where the next one gives nothing: the one after it, in a circle, that has not
// said no.
func (m Media) Elsewhere() (step int, ok bool) {
	n := len(m.Addresses())
	for i := 1; i < n; i++ {
		if step = (m.Step + i) % n; m.Gone&(1<<step) == 0 {
			return step, true
		}
	}
	return m.Step, false
}

// Keys are the task's rows, for whoever counts what is in flight.
func (t Task) Keys() []string {
	switch {
	case t.Walk != nil:
		return []string{fmt.Sprint(t.Walk.Name(), " ", t.Walk.Pages, " ", t.Walk.Next)}
	case t.Media != nil:
		return []string{t.Media.PostURI + "#" + t.Media.Source()}
	}
	keys := make([]string, len(t.Wants))
	for i, w := range t.Wants {
		keys[i] = w.Account + " " + string(w.Name)
		if w.Kind != "" { // the same post may be wanted for several things
			keys[i] += " " + string(w.Kind)
		}
	}
	return keys
}
