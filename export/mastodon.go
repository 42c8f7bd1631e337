package export

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"lama/archive"
	"lama/store"
)

// mastodon writes what Mastodon itself exports of an account: its posts and boosts as ActivityPub, what it favourited and
// bookmarked as URIs, and the files of its own posts. That it favourited a post it told nobody but the author, and of
// bookmarks nobody at all: this is the account's own export, so both are in it, of posts that may leave.
type mastodon struct {
	account string // user@instance
	sink    sink
	media   Media
	lost    func(error)
	outbox  *Spool[act]
	likes   *collection
	marks   *collection
	copied  map[string]string // the content of each file, SHA-256, by its name: as many as the account has posted
	latest  *store.Seen       // of the account's own posts, that was fetched last: it shows what the account calls itself now
}

// act is an item of the outbox.
type act struct {
	At   archive.Time
	JSON json.RawMessage
}

func newMastodon(e *Export, to sink) (writer, error) {
	m := &mastodon{account: e.Accounts[0], sink: to, lost: e.Lost, copied: map[string]string{},
		media: Media{e.Store, e.Viewer(), e.Data}}
	var err error
	if m.outbox, err = NewSpool[act](to.work("work")); err == nil {
		m.likes, err = newCollection(to.work("likes"))
	}
	if err == nil {
		m.marks, err = newCollection(to.work("bookmarks"))
	}
	if err != nil {
		return nil, errors.Join(err, m.close())
	}
	return m, nil
}

func (m *mastodon) take(ctx context.Context, p Post) (err error) {
	for _, d := range p.Deeds {
		switch d.Base {
		case archive.BasePost:
			err = m.post(ctx, p)
		case archive.BaseFavourite:
			err = m.likes.add(p.URI)
		case archive.BaseBookmark:
			err = m.marks.add(p.URI)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// own are the things that an account did itself, as Mastodon's exports have them, and did not take back.
func own(deeds []store.Deed) []store.Deed {
	return slices.DeleteFunc(slices.Clone(deeds), func(d store.Deed) bool {
		exported := d.Base == archive.BasePost || d.Base == archive.BaseFavourite || d.Base == archive.BaseBookmark
		return !exported || d.Chain != archive.ChainNone || !d.RemovedAt.IsZero()
	})
}

func did(deeds []store.Deed, base archive.Base) bool {
	return slices.ContainsFunc(deeds, func(d store.Deed) bool { return d.Base == base })
}

// post puts a post of the account, or a boost, into the outbox.
func (m *mastodon) post(ctx context.Context, p Post) error {
	if m.latest == nil || m.latest.FetchedAt.Before(p.Seen.FetchedAt.Time) {
		m.latest = &p.Seen
	}
	activity := announce(p)
	if p.Reblog == "" {
		files, err := m.files(ctx, p)
		if err != nil {
			return err
		}
		activity = create(p, files)
	}
	text, err := inLine(activity)
	if err != nil {
		return err
	}
	return m.outbox.Put(monthOf(p.CreatedAt), act{p.CreatedAt, text})
}

// monthOf is the part of the outbox for a time; in their order the parts are one.
func monthOf(t archive.Time) string {
	if t.IsZero() {
		return "0000-00"
	}
	return t.UTC().Format("2006-01")
}

func (m *mastodon) finish(context.Context) error {
	outbox, err := m.inOrder()
	if err != nil {
		return err
	}
	text, err := inLine(actorOf(m.account, m.latest))
	if err != nil {
		return err
	}
	return errors.Join(
		m.text("actor.json", text),
		outbox.writeTo(m.sink, "outbox.json"),
		m.likes.writeTo(m.sink, "likes.json"),
		m.marks.writeTo(m.sink, "bookmarks.json"),
		m.sink.Complete(),
	)
}

// inOrder is the outbox from its oldest item, as Mastodon writes it.
func (m *mastodon) inOrder() (*collection, error) {
	all, err := newCollection(m.sink.work("outbox"))
	if err != nil {
		return nil, err
	}
	if err := m.outbox.Close(); err != nil {
		return nil, err
	}
	names, err := m.outbox.Names()
	for _, name := range names {
		acts, failed := m.outbox.Read(name)
		if err = errors.Join(err, failed); err != nil {
			break
		}
		slices.Reverse(acts) // the newest came first
		slices.SortStableFunc(acts, func(a, b act) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
		for _, a := range acts {
			err = errors.Join(err, all.add(a.JSON))
		}
	}
	return all, err
}

func (m *mastodon) text(name string, text []byte) error {
	return m.sink.write(name, int64(len(text)), bytes.NewReader(text))
}

func (m *mastodon) close() error {
	err := errors.Join(m.likes.close(), m.marks.close())
	if m.outbox != nil {
		err = errors.Join(err, m.outbox.Close())
	}
	return errors.Join(err, m.sink.Close())
}
