package store

import (
	"context"

	"lama/archive"
	"lama/search"
)

// Position is a place in the archive's order by date: the post there, and all that are older, lie behind it. The zero
// Position is before the newest.
type Position int64

// Order is how hits are sorted.
type Order int

// By date, the newest first; or by how well they match, over the newest [MostRanked] that do.
const (
	ByDate Order = iota
	ByRelevance
)

// MostRanked is how many hits, the newest ones, are sorted by relevance.
const MostRanked = 10_000

// Page says which hits are read.
type Page struct {
	After Position // begin behind this place; by relevance: the number of hits to leave out
	Limit int      // hits at most
	Order Order
}

// Hits are a page of what a search finds.
type Hits struct {
	Posts  []Hit
	Next   Position // where the next page begins; 0: there is none
	Ranked bool     // by relevance: there were more than [MostRanked] hits, and the older ones were left out
}

// Hit is a post that a search found: the columns of posts.
type Hit struct {
	Position    Position
	ID          int64
	URI         string
	PostID      string
	Instance    string
	URL         string
	Author      string
	Visibility  string
	Language    string
	SpoilerText string
	Content     string
	Hashtags    []string
	Mentions    []string
	Links       []archive.Link
	Attachments [][]string // path or error, alternative text
	PollOptions []string
	CreatedAt   archive.Time
	EditedAt    archive.Time
	FetchedAt   archive.Time
	DeletedAt   archive.Time
	Note        string
	JSON        []byte
}

// Search reads what a query finds among the posts that a viewer may see.
func (s *Store) Search(ctx context.Context, v Viewer, q search.Query, p Page) (Hits, error) {
	panic("not yet") // FIXME before the branch is merged
}
