package export

import (
	"cmp"
	"context"
	"errors"
	"path"
	"slices"

	"lama/archive"
	"lama/disk"
	"lama/store"
)

// markdown writes a file per conversation, with the media of all in a folder beside them. A conversation is in one file
// however far its posts are apart in time: they wait on the disk until all are there.
type markdown struct {
	selection Selection
	folder    *Folder
	media     Media
	lost      func(error)
	entries   *Spool[entry]
	pending   []Post // whose conversations are to be looked up
}

// entry is a post as it stands in a file.
type entry struct {
	File                     string // of its conversation
	URI, URL, Author, Name   string
	Parent, Reblog, Quote    string
	Visibility, Language     string
	Warning, Content         string
	Tags, Options            []string
	Links                    []archive.Link
	Media                    []medium
	Created, Edited, Deleted archive.Time
}

// medium is a file of a post.
type medium struct {
	Path string // from the export's folder; empty where the file is not there
	Alt  string
	Type string // MIME
}

func newMarkdown(e *Export, folder *Folder) (writer, error) {
	entries, err := NewSpool[entry](folder.work("work"))
	m := &markdown{selection: e.Selection, folder: folder, lost: e.Lost, entries: entries,
		media: Media{e.Store, e.Viewer(), e.Data}}
	if err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return m, nil
}

func (m *markdown) take(ctx context.Context, p Post) error {
	m.pending = append(m.pending, p)
	if len(m.pending) < atOnce {
		return nil
	}
	return m.place(ctx)
}

// place puts the pending posts to their conversations. A boost that says nothing stands with what it boosts.
func (m *markdown) place(ctx context.Context) error {
	var names []string
	for _, p := range m.pending {
		names = append(names, around(p))
	}
	roots, err := m.selection.Store.Roots(ctx, m.selection.Viewer(), names)
	if err != nil {
		return err
	}
	for _, p := range m.pending {
		root, ok := roots[around(p)]
		if !ok {
			continue // it is gone since it was read
		}
		one, err := m.entry(ctx, p)
		if err != nil {
			return err
		}
		one.File = conversation(root)
		if err := m.entries.Put(PartOf(one.File), one); err != nil {
			return err
		}
	}
	m.pending = m.pending[:0]
	return nil
}

// around is the post in whose conversation a post stands.
func around(p Post) string {
	if p.Bare() {
		return p.Reblog
	}
	return p.URI
}

// conversation is the name of a conversation's file: <year>/<month>/<author>_<id>.md, of the post at its top.
func conversation(r store.Root) string {
	month := "0000/00"
	if !r.CreatedAt.IsZero() {
		month = r.CreatedAt.UTC().Format("2006/01")
	}
	return path.Join(month, disk.Name(r.Author)+"_"+disk.ID(r.PostID)+".md")
}

func (m *markdown) entry(ctx context.Context, p Post) (entry, error) {
	one := entry{URI: p.URI, URL: p.URL, Author: p.Author, Name: displayName(p.JSON), Parent: p.Seen.Parent, Reblog: p.Reblog,
		Visibility: p.Visibility, Language: p.Language, Warning: p.SpoilerText, Content: p.Content, Tags: p.Hashtags,
		Options: p.PollOptions, Links: p.Links, Created: p.CreatedAt, Edited: p.EditedAt, Deleted: p.DeletedAt}
	if p.Seen.Quoted != nil {
		one.Quote = cmp.Or(p.Seen.Quoted.URL, p.Seen.Quoted.URI)
	}
	for _, f := range p.Seen.Files {
		name, err := m.file(ctx, f)
		if err != nil {
			return entry{}, err
		}
		one.Media = append(one.Media, medium{name, f.Alt, f.Type})
	}
	return one, nil
}

// file copies a file and gives its path; empty where it can't be had.
func (m *markdown) file(ctx context.Context, f store.SeenFile) (string, error) {
	if f.SHA256 == "" {
		return "", nil
	}
	found, err := m.media.Find(ctx, f.SHA256)
	if err != nil || found == nil {
		return "", err
	}
	name := path.Join("media", found.Name)
	err = m.media.Copy(ctx, m.folder, name, found)
	if gone := (*Lost)(nil); errors.As(err, &gone) {
		m.lost(gone)
		return "", nil
	}
	return name, err
}

func (m *markdown) finish(ctx context.Context) error {
	if err := errors.Join(m.place(ctx), m.entries.Close()); err != nil {
		return err
	}
	names, err := m.entries.Names()
	for _, name := range names {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		err = m.write(name)
	}
	return errors.Join(err, m.folder.Complete())
}

// write writes the conversations of a part.
func (m *markdown) write(name string) error {
	entries, err := m.entries.Read(name)
	if err != nil {
		return err
	}
	files := map[string][]entry{}
	for _, e := range entries {
		files[e.File] = append(files[e.File], e)
	}
	return m.folder.WriteAll(func(yield func(string, []byte) bool) {
		for name, posts := range files {
			slices.SortFunc(posts, func(a, b entry) int {
				return cmp.Or(a.Created.Compare(b.Created.Time), cmp.Compare(a.URI, b.URI))
			})
			if !yield(name, page(posts)) {
				return
			}
		}
	})
}

func (m *markdown) close() error { return errors.Join(m.entries.Close(), m.folder.Close()) }
