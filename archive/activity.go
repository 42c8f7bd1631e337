package archive

import "strconv"

// Base is what an account did with a post.
type Base string

// The base types of LAMA 1.1. A boost yields two: its wrapper is a Post, what it boosts a Reblog.
const (
	BasePost      Base = "post"
	BaseReblog    Base = "reblog"
	BaseFavourite Base = "favourite"
	BaseBookmark  Base = "bookmark"
	BaseMention   Base = "mention"
	BasePoll      Base = "poll"
)

// Chain is how one post leads to another. A chain follows its own kind only: parents of parents, links in
// links, quotes of quotes.
type Chain string

// The chains; the empty one is the post itself.
const (
	ChainNone   Chain = ""
	ChainParent Chain = "parent"
	ChainLink   Chain = "link"
	ChainQuote  Chain = "quote"
)

// Chains lists the chains that are followed.
var Chains = []Chain{ChainParent, ChainLink, ChainQuote}

// Limits says how many hops each chain is followed; 0 switches a chain off.
type Limits map[Chain]int

// Activity says why a post is in the archive: what an account did with it (Distance 0), or from which of its
// activities it was reached and over how many hops.
type Activity struct {
	Account  string
	PostURI  string
	Base     Base
	Chain    Chain
	Distance int    // hops; 0 exactly where Chain is empty
	ID       string // the post's id on the account's instance, or the notification's
	Envelope []byte // mentions and polls: the notification's JSON with its status replaced by null

	Imported   string // what Envelope was imported from, as in [Post]; empty where a server sent it
	ArchivedAt Time   // of an imported one: since when it was archived; zero: since now
}

// Type is the activity as LAMA 1.1 writes it: "favourite", "favourite.parent", "favourite.parent#2".
func (a Activity) Type() string {
	if a.Chain == ChainNone {
		return string(a.Base)
	}
	t := string(a.Base) + "." + string(a.Chain)
	if a.Distance > 1 {
		t += "#" + strconv.Itoa(a.Distance)
	}
	return t
}

// Doing is what a server told an account of its own doings with a post that it asked for by its id.
type Doing struct {
	PostURI string
	Base    Base // BaseReblog (of what was boosted), BaseFavourite or BaseBookmark
	Stands  bool // false: not done, or taken back
}

// Lost is a notification whose post was gone when it was read.
type Lost struct {
	Account   string
	ID        string // the notification's
	Base      Base
	Author    string // who caused it
	CreatedAt Time
	JSON      []byte
}

// Claim is what an import says that an account did with a post that it only names. Once the post is in the archive, the
// claim becomes an [Activity].
type Claim struct {
	Account  string
	Base     Base   // BaseReblog, BaseFavourite or BaseBookmark
	Name     Name   // an id on the account's own instance can be asked for in batches
	URL      string // for people: as it stood in what was imported
	Imported string // as in [Post]
}
