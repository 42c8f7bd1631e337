package store

import (
	"bytes"
	"encoding/json"
	"time"

	"lama/archive"
)

// Hit is a post that a search found: the columns of posts.
type Hit struct {
	Position     Position        `json:"-"`
	ID           int64           `json:"id"`
	URI          string          `json:"post_uri"`
	PostID       string          `json:"post_id"`
	Instance     string          `json:"instance"`
	URL          string          `json:"url"`
	Author       string          `json:"author"`
	Visibility   string          `json:"visibility"`
	Language     string          `json:"language"`
	SpoilerText  string          `json:"spoiler_text"`
	Content      string          `json:"content"`
	Hashtags     []string        `json:"hashtags"`
	Mentions     []string        `json:"mentions"`
	Links        []archive.Link  `json:"links"`
	Attachments  [][]string      `json:"attachments"` // path or error, alternative text
	PollOptions  []string        `json:"poll_options"`
	Reblog       string          `json:"reblog"`
	CreatedAt    archive.Time    `json:"created_at"`
	EditedAt     archive.Time    `json:"edited_at"`
	FetchedAt    archive.Time    `json:"fetched_at"`
	FetchedBy    string          `json:"fetched_by"`
	MissingSince archive.Time    `json:"missing_since"`
	DeletedAt    archive.Time    `json:"deleted_at"`
	RecheckAt    archive.Time    `json:"recheck_at"`
	AgainAt      archive.Time    `json:"again_at"`
	Origin       bool            `json:"origin"`
	Hash         string          `json:"hash"`
	ContentHash  string          `json:"content_hash"`
	JSON         json.RawMessage `json:"json"`
	Verbatim     []byte          `json:"verbatim"`
	Note         string          `json:"note"`
	Imported     string          `json:"imported"`
	Files        int64           `json:"files"`
}

// MarshalJSON writes a Hit with the names of the columns, a time that is not known as null.
func (h Hit) MarshalJSON() ([]byte, error) {
	type columns Hit
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(struct {
		columns
		CreatedAt    *time.Time `json:"created_at"`
		EditedAt     *time.Time `json:"edited_at"`
		FetchedAt    *time.Time `json:"fetched_at"`
		MissingSince *time.Time `json:"missing_since"`
		DeletedAt    *time.Time `json:"deleted_at"`
		RecheckAt    *time.Time `json:"recheck_at"`
		AgainAt      *time.Time `json:"again_at"`
	}{columns(h), known(h.CreatedAt), known(h.EditedAt), known(h.FetchedAt), known(h.MissingSince), known(h.DeletedAt),
		known(h.RecheckAt), known(h.AgainAt)})
	return b.Bytes(), err
}

func known(t archive.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t.Time
}

// hitColumns are the columns of a Hit, after its place, which %s stands for.
const hitColumns = `%s, p.id, p.post_uri, p.post_id, p.instance, p.url, p.author, p.visibility, p.language, p.spoiler_text, p.content,
p.hashtags, p.mentions, p.links, p.attachments, p.poll_options, p.reblog, p.created_at, p.edited_at, p.fetched_at, p.fetched_by,
p.missing_since, p.deleted_at, p.recheck_at, p.again_at, p.origin, p.hash, p.content_hash, p.json, p.verbatim, p.note, p.imported, p.files`

func scanHit(r rows) (h Hit, err error) {
	var text string
	err = r.Scan((*int64)(&h.Position), &h.ID, &h.URI, &h.PostID, &h.Instance, scanText{&h.URL}, scanText{&h.Author},
		scanText{&h.Visibility}, scanText{&h.Language}, scanText{&h.SpoilerText}, scanText{&h.Content}, scanJSON{&h.Hashtags},
		scanJSON{&h.Mentions}, scanJSON{&h.Links}, scanJSON{&h.Attachments}, scanJSON{&h.PollOptions}, scanText{&h.Reblog},
		scanTime{&h.CreatedAt}, scanTime{&h.EditedAt}, scanTime{&h.FetchedAt}, scanText{&h.FetchedBy}, scanTime{&h.MissingSince},
		scanTime{&h.DeletedAt}, scanTime{&h.RecheckAt}, scanTime{&h.AgainAt}, &h.Origin, &h.Hash, &h.ContentHash,
		scanText{&text}, &h.Verbatim, scanText{&h.Note}, scanText{&h.Imported}, &h.Files)
	h.JSON = []byte(text)
	return h, err
}
