package lama

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"lama/archive"
	"lama/importer"
)

// row is a row of posts.
type row struct {
	id                                    int64
	uri, json, attachments, note, fetched string
}

// deed is a row of activities.
type deed struct {
	account, uri, kind string
	id                 any // text, or what SQLite made of it
	archived           string
}

// page is how many posts are read at once.
const page = 200

// rows yields the rows of posts with their activities.
func (s *Source) rows(ctx context.Context, each func(importer.Item) bool) error {
	for after := int64(0); ; {
		posts, err := s.postsAfter(ctx, after)
		if err != nil || len(posts) == 0 {
			return err
		}
		deeds, err := s.deedsOf(ctx, posts)
		if err != nil {
			return err
		}
		for _, p := range posts {
			if !each(s.item(ctx, p, deeds[p.uri])) {
				return nil
			}
		}
		after = posts[len(posts)-1].id
	}
}

func (s *Source) postsAfter(ctx context.Context, after int64) ([]row, error) {
	rows, err := s.db.QueryContext(ctx, `
SELECT id, post_uri, json, COALESCE(attachments, ''), COALESCE(note, ''), COALESCE(fetched_at, '')
FROM posts WHERE id > ? ORDER BY id LIMIT ?`, after, page)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *row) []any {
		return []any{&r.id, &r.uri, &r.json, &r.attachments, &r.note, &r.fetched}
	})
}

const deedColumns = "SELECT account, post_uri, activity_type, activity_id, COALESCE(archived_at, '') FROM activities "

func (d *deed) columns() []any { return []any{&d.account, &d.uri, &d.kind, &d.id, &d.archived} }

// deedsOf reads the activities of posts. LAMA's only index of them begins with the account.
func (s *Source) deedsOf(ctx context.Context, posts []row) (map[string][]deed, error) {
	uris := make([]string, len(posts))
	for i, p := range posts {
		uris[i] = p.uri
	}
	rows, err := s.db.QueryContext(ctx, deedColumns+`WHERE account IN (SELECT value FROM json_each(?))
AND post_uri IN (SELECT value FROM json_each(?)) ORDER BY id`, list(s.accounts), list(uris))
	if err != nil {
		return nil, err
	}
	all, err := collect(rows, (*deed).columns)
	deeds := map[string][]deed{}
	for _, d := range all {
		deeds[d.uri] = append(deeds[d.uri], d)
	}
	return deeds, err
}

// item is a row of posts with what leads to it. One that nothing explains, which an interrupted LAMA may have left, is
// kept all the same.
func (s *Source) item(ctx context.Context, r row, deeds []deed) importer.Item {
	item := importer.Item{Where: fmt.Sprintf("posts %d of app.db (%s)", r.id, r.uri)}
	account := s.shown(r, deeds)
	if account == "" {
		item.Refused = []string{"nobody archived it"}
		return item
	}
	b, err := s.read(ctx, account, "", []byte(r.json))
	if err != nil {
		item.Refused = []string{err.Error()}
		return item
	}
	if b.Posts, err = s.withoutRow(ctx, b.Posts, r.uri); err != nil {
		item.Refused = []string{err.Error()}
		return item
	}
	item.Batch = b
	for i := range item.Posts {
		item.Posts[i].FetchedAt = local(r.fetched)
	}
	item.Posts[0].Note = r.note
	item.Keep = []string{item.Posts[0].URI}
	for _, d := range deeds {
		if why := s.add(&item, r, d); why != "" {
			item.Refused = append(item.Refused, why)
		}
	}
	s.addFiles(&item, r.attachments)
	return item
}

// withoutRow are the post of a row, and those inside it that have no row of their own.
func (s *Source) withoutRow(ctx context.Context, posts []archive.Post, uri string) ([]archive.Post, error) {
	kept := posts[:1]
	for _, p := range posts[1:] {
		rows, err := s.db.QueryContext(ctx, "SELECT id FROM posts WHERE post_uri = ? AND post_uri <> ?", p.URI, uri)
		if err != nil {
			return nil, err
		}
		found, err := collect(rows, func(id *int64) []any { return []any{id} })
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

// shown is the account whose server rendered a row: it called the post as the JSON does. Where an activity has the id of a
// notification, the first account to have one is as good a guess as any.
func (s *Source) shown(r row, deeds []deed) string {
	var status struct {
		ID json.RawMessage `json:"id"`
	}
	_ = json.Unmarshal([]byte(r.json), &status) // told when it is read
	id := textOf(status.ID)
	for _, d := range deeds {
		if textOf(d.id) == id {
			return s.account(d.account).Name()
		}
	}
	for _, d := range deeds {
		return s.account(d.account).Name()
	}
	for _, name := range s.accounts {
		return s.account(name).Name()
	}
	return ""
}

// add adds an activity to a post, or says why it can't.
func (s *Source) add(item *importer.Item, r row, d deed) (why string) {
	a, err := parseType(d.kind)
	if err != nil {
		return err.Error()
	}
	account, post := s.account(d.account), item.Posts[0]
	if post.URI != r.uri && (a.Base != archive.BasePost || a.Chain != "") && len(item.Posts) > 1 {
		post = item.Posts[1] // a boost that has its target's URI: only the boost itself is the account's
	}
	a.Account, a.PostURI, a.ID, a.ArchivedAt = account.Name(), post.URI, textOf(d.id), local(d.archived)
	told := a.Chain == "" && (a.Base == archive.BaseMention || a.Base == archive.BasePoll) // it has the notification's id
	switch {
	case told:
	case account.Instance == post.Instance:
		a.ID = post.ID // as the JSON has it: SQLite may have made a number of it
	case post.Reblog == "":
		if item.Aliases == nil {
			item.Aliases = map[archive.Name]string{}
		}
		item.Aliases[archive.IDName(account.Instance, a.ID)] = post.URI
	}
	item.Activities = append(item.Activities, a)
	return ""
}

// orphans yields the activities whose posts are not in the database: what an account did with a post can be asked for.
func (s *Source) orphans(ctx context.Context, each func(importer.Item) bool) error {
	rows, err := s.db.QueryContext(ctx, deedColumns+"WHERE post_uri NOT IN (SELECT post_uri FROM posts) ORDER BY id")
	if err != nil {
		return err
	}
	deeds, err := collect(rows, (*deed).columns)
	if err != nil {
		return err
	}
	for _, d := range deeds {
		if !each(s.orphan(d)) {
			return nil
		}
	}
	return nil
}

func (s *Source) orphan(d deed) importer.Item {
	item := importer.Item{Where: "activities of app.db (" + d.account + " " + d.kind + " " + d.uri + ")"}
	account := s.account(d.account)
	a, err := parseType(d.kind)
	switch {
	case err != nil:
		item.Refused = []string{err.Error()}
	case a.Chain != "" || a.Base != archive.BaseFavourite && a.Base != archive.BaseBookmark && a.Base != archive.BaseReblog:
		item.Refused = []string{"its post is not in the database"}
	default:
		item.Account = account.Name()
		item.Claims = []archive.Claim{{Account: account.Name(), Base: a.Base, Name: archive.IDName(account.Instance, textOf(d.id)),
			URL: d.uri, Imported: archive.FromLAMA}}
	}
	return item
}

// textOf is an id as text, whatever SQLite or JSON has made of it.
func textOf(id any) string {
	switch id := id.(type) {
	case int64:
		return strconv.FormatInt(id, 10)
	case float64:
		return strconv.FormatFloat(id, 'f', -1, 64)
	case []byte:
		return string(id)
	case json.RawMessage:
		var text string
		if json.Unmarshal(id, &text) == nil {
			return text
		}
		return string(id)
	case string:
		return id
	}
	return ""
}

// local is a time as LAMA's database has those of its own doing: of the clock on the wall, without a zone.
func local(s string) archive.Time {
	t, err := time.ParseInLocation(time.DateTime, s, time.Local)
	if err != nil {
		return archive.ParseTime(s)
	}
	return archive.At(t)
}

func list(values []string) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings can be marshalled
	}
	return string(text)
}

// collect reads all rows; columns are where one's values belong.
func collect[T any](rows *sql.Rows, columns func(*T) []any) (all []T, err error) {
	defer rows.Close()
	for rows.Next() {
		var one T
		if err := rows.Scan(columns(&one)...); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
