package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lama/archive"
	"lama/discreet"
)

// Seen is a post as a viewer may see it. It belongs to the caller.
type Seen struct {
	URI, URL, Author, Instance, Visibility string
	CreatedAt, EditedAt, FetchedAt         archive.Time
	MissingSince, DeletedAt                archive.Time
	Reblog                                 string // what a boost boosts, by its URI
	Parent                                 string // where posts leave: what it replies to, by its URI, if that may leave too
	JSON                                   []byte // as the server sent it; what it holds of others' posts nobody has judged
	Own                                    bool   // an account of the viewer's asked for it: JSON tells of nobody else
	FetchedBy                              string // that account; empty where it is another's
	Imported                               string // what JSON was taken from, where no server sent it; as in [archive.Post]
	Boosted, Quoted                        *Seen  // nil where there is none, or none that the viewer may see
	QuoteAway                              bool   // it quotes one of which that is so
	Files                                  []SeenFile
	Activities                             []Reason           // that may be shown, the nearest first
	Pictures                               map[string]Picture // that it shows and that are here, by address
	Links                                  map[string]string  // the URIs of archived posts that it links to, by the address it has

	id int64
}

// Reason is an activity for which a post is here.
type Reason struct {
	archive.Activity
	ArchivedAt archive.Time
	RemovedAt  archive.Time // when it turned out that the account took it back; of the viewer's own accounts
}

// SeenFile is a file of a post, in its order.
type SeenFile struct {
	MediaID, Kind, Alt string
	State              string // done, pending, refused or off
	SHA256             string // empty where it is not there, as the next two
	Type               string // of its bytes
	Size               int64
}

// Cursor is where a list goes on; its zero value is the top.
type Cursor struct {
	At archive.Time
	ID int64
}

// String is a cursor for an address; empty for the top.
func (c Cursor) String() string {
	if c.At.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d.%d", c.At.Unix(), c.ID)
}

// ParseCursor reads what String wrote. Whatever else it is given stands for the top.
func ParseCursor(s string) Cursor {
	at, id, _ := strings.Cut(s, ".")
	seconds, err := strconv.ParseInt(at, 10, 64)
	n, err2 := strconv.ParseInt(id, 10, 64)
	if err != nil || err2 != nil || seconds < 0 || seconds > lastSecond {
		return Cursor{}
	}
	return Cursor{archive.At(time.Unix(seconds, 0)), n}
}

// lastSecond is the end of the year 9999, after which neither database writes a year in four digits.
const lastSecond = 253402300799

// Listing says which posts a list has. Fields that are empty do not narrow it.
type Listing struct {
	Reached bool         // posts too that were only reached from others, and what a boost boosts beside it
	Author  string       // user@domain
	Files   bool         // it has a file that is here
	From    archive.Time // written then or later
	Until   archive.Time // written before
	After   Cursor
	Limit   int
}

// Cursor is where a list goes on that ended with this post.
func (s Seen) Cursor() Cursor { return Cursor{s.CreatedAt, s.id} }

// List reads posts, the newest first, and where the list goes on; a zero cursor is its end. The cost of a page does not
// depend on its number.
func (s *Store) List(ctx context.Context, v Viewer, l Listing) (posts []Seen, next Cursor, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		sql, args := l.statement(t, v)
		posts, err = collect(ctx, t, v.scan, sql, args...)
		if err != nil {
			return err
		}
		if len(posts) > l.Limit {
			posts = posts[:l.Limit]
			next = posts[l.Limit-1].Cursor()
		}
		return v.fill(ctx, t, posts)
	})
	if err != nil {
		return nil, Cursor{}, fmt.Errorf("read a list of posts: %w", err)
	}
	return posts, next, nil
}

// statement is the list's query; one post more than wanted shows that it goes on.
func (l Listing) statement(t tx, v Viewer) (string, []any) {
	var args []any
	arg := func(value any) string {
		args = append(args, value)
		return "$" + strconv.Itoa(len(args))
	}
	where := l.post(arg)
	in := v.in(t, len(args)+1)
	if l.Reached {
		where = append(where, in.sees("p"))
	} else {
		where = append(where, fmt.Sprintf(`(SELECT 1 FROM activities a WHERE a.post_uri = p.post_uri AND a.chain = ''
    AND a.base <> 'reblog' AND %s LIMIT 1) IS NOT NULL`, in.shows("a", "p")))
	}
	return fmt.Sprintf("SELECT %s FROM posts p WHERE %s ORDER BY p.created_at DESC, p.id DESC LIMIT %d",
		v.columns(), strings.Join(where, " AND "), l.Limit+1), append(args, v.args()...)
}

// post narrows the posts themselves.
func (l Listing) post(arg func(any) string) []string {
	where := []string{"p.created_at IS NOT NULL"}
	if l.Author != "" {
		where = append(where, "p.author = "+arg(indexable(l.Author)))
	}
	if l.Files {
		where = append(where, "p.files > 0")
	}
	if !l.From.IsZero() {
		where = append(where, "p.created_at >= "+arg(l.From))
	}
	if !l.Until.IsZero() {
		where = append(where, "p.created_at < "+arg(l.Until))
	}
	if !l.After.At.IsZero() {
		where = append(where, fmt.Sprintf("(p.created_at, p.id) < (%s, %s)", arg(l.After.At), arg(l.After.ID)))
	}
	return where
}

// Posts reads posts by their URIs, in that order; those that the viewer may not see are left out as if they were not there.
func (s *Store) Posts(ctx context.Context, v Viewer, uris []string) (posts []Seen, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		if posts, err = v.byURI(ctx, t, uris); err != nil {
			return err
		}
		return v.fill(ctx, t, posts)
	})
	if err != nil {
		return nil, fmt.Errorf("read posts: %w", err)
	}
	return posts, nil
}

// columns are those of a [Seen].
func (v Viewer) columns() string {
	if v.Leave != nil {
		return seenColumns + v.Leave.parent("p")
	}
	return seenColumns + "NULL"
}

const seenColumns = `p.id, p.post_uri, p.url, p.author, p.instance, p.visibility, p.reblog, p.created_at, p.edited_at, p.fetched_at,
p.fetched_by, p.imported, p.missing_since, p.deleted_at, CAST(p.json AS text), `

func (v Viewer) scan(r rows) (s Seen, err error) {
	var json string
	err = r.Scan(&s.id, &s.URI, scanText{&s.URL}, scanText{&s.Author}, &s.Instance, scanText{&s.Visibility}, scanText{&s.Reblog},
		scanTime{&s.CreatedAt}, scanTime{&s.EditedAt}, scanTime{&s.FetchedAt}, scanText{&s.FetchedBy}, scanText{&s.Imported},
		scanTime{&s.MissingSince}, scanTime{&s.DeletedAt}, &json, scanText{&s.Parent})
	s.JSON = v.text([]byte(json), s.Parent)
	if s.Own = v.asked(s.FetchedBy); !s.Own {
		s.FetchedBy = ""
	}
	return s, err
}

// text is a post's JSON as the viewer has it. Where it leaves, it tells what everybody was told, and nothing of other posts.
func (v Viewer) text(json []byte, parent string) []byte {
	switch {
	case v.Leave == nil:
		return json
	case parent == "":
		return discreet.Alone(json)
	}
	return discreet.Status(json)
}

// byURI reads posts without what belongs to them.
func (v Viewer) byURI(ctx context.Context, t tx, uris []string) ([]Seen, error) {
	if len(uris) == 0 {
		return nil, nil
	}
	args := append([]any{listOf(uris)}, v.args()...)
	posts, err := collect(ctx, t, v.scan, fmt.Sprintf("SELECT %s FROM posts p WHERE p.post_uri %s AND %s",
		v.columns(), t.among(t.list(1, 1)), v.in(t, 2).sees("p")), args...)
	slices.SortStableFunc(posts, func(a, b Seen) int { return slices.Index(uris, a.URI) - slices.Index(uris, b.URI) })
	return posts, err
}
