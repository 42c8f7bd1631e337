package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strconv"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/importer/stream"
	"lama/permalink"
)

// Item is one thing that an export holds: a post, or something that the account did with a post, or why it is neither.
type Item struct {
	Where    string         // where it stands, for people
	Status   []byte         // a post, in the shape of the API
	Received []byte         // that post as it stands in the export
	URI      string         // of that post
	Files    []File         // of that post
	Claim    *archive.Claim // what the account did with a post that is only named
	Refused  error          // it is nothing that can be taken in
}

// File is a media file of an export.
type File struct {
	Source string // of the attachment, as in archive.Attachment
	Path   string // where it lies on the disk as it is; empty inside a ZIP
	Open   func() (io.ReadCloser, error)
}

// Items are the posts first, then what the account did. An error of a part ends that part alone: what was read of it
// counts.
func (e *Export) Items() iter.Seq[Item] {
	return func(yield func(Item) bool) {
		wanted := true
		for _, part := range []struct {
			name string
			item func(Item, json.RawMessage) Item
		}{
			{outbox, e.activity},
			{likes, e.did(archive.BaseFavourite)},
			{bookmarks, e.did(archive.BaseBookmark)},
		} {
			err := e.each(part.name, func(n int, raw json.RawMessage) bool {
				wanted = yield(part.item(Item{Where: part.name + ", item " + strconv.Itoa(n)}, raw))
				return wanted
			})
			if err != nil && wanted {
				wanted = yield(Item{Where: part.name, Refused: err})
			}
			if !wanted {
				return
			}
		}
	}
}

// each reads a part; exports of 2018 have no likes and no bookmarks.
func (e *Export) each(part string, yield func(int, json.RawMessage) bool) error {
	r, err := e.open(part)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	return each(r, yield)
}

// each reads the items of a collection, which may stand in its first page, as Pleroma has it.
func each(r io.Reader, yield func(n int, item json.RawMessage) bool) error {
	kind := func(member string) stream.Kind {
		switch member {
		case "orderedItems", "items":
			return stream.Items
		case "first":
			return stream.Within
		}
		return stream.Skip
	}
	return stream.Each(r, kind, func(_ string, n int, item json.RawMessage) bool { return yield(n, item) })
}

// activity reads an item of the outbox.
func (e *Export) activity(i Item, raw json.RawMessage) Item {
	a := gjson.ParseBytes(raw)
	object := a.Get("object")
	who := identity(a.Get("actor"))
	switch {
	case e.actor.uri != "" && who != "" && who != e.actor.uri:
		i.Refused = fmt.Errorf("%.200s did it, not the account", who)
	case is(a, "Announce"):
		return e.boost(i, a, identity(object))
	case is(a, "Like"): // Pleroma has them here
		return e.claim(i, archive.BaseFavourite, identity(object))
	case is(a, "Create") && object.IsObject():
		return e.post(i, a, object)
	case is(a, "Create"):
		i.Refused = fmt.Errorf("it made %.200s, of which the export does not say more", identity(object))
	default:
		i.Refused = fmt.Errorf("it is a %.40q, of which nothing is known", text(a.Get("type")))
	}
	return i
}

func (e *Export) post(i Item, a, object gjson.Result) Item {
	s, err := e.actor.post(a, object)
	if err == nil {
		i.URI, i.Received, i.Files = s.URI, []byte(object.Raw), e.files(object, s.Media)
		i.Status, err = marshal(s)
	}
	i.Refused = err
	return i
}

// files are those of a post's attachments that the export holds.
func (e *Export) files(object gjson.Result, media []medium) []File {
	var files []File
	for n, o := range object.Get("attachment").Array() {
		name, ok := e.media[mediaKey(address(o))]
		if !ok {
			continue
		}
		a := archive.Attachment{ID: media[n].ID}
		if media[n].URL != nil {
			a.URL = *media[n].URL
		}
		files = append(files, File{
			Source: a.Source(),
			Path:   e.box.path(name),
			Open:   func() (io.ReadCloser, error) { return e.box.open(name) },
		})
	}
	return files
}

// did reads items that are addresses of posts.
func (e *Export) did(base archive.Base) func(Item, json.RawMessage) Item {
	return func(i Item, raw json.RawMessage) Item {
		return e.claim(i, base, identity(gjson.ParseBytes(raw)))
	}
}

// boost is a claim of what was boosted. A boost of what is on another server is called by its own id, which the
// account's server knows: it answers for twenty of them at a time, and has to search for each address elsewhere.
func (e *Export) boost(i Item, a gjson.Result, of string) Item {
	i = e.claim(i, archive.BaseReblog, of)
	if i.Claim == nil || i.Claim.Name.Instance() != "" || !e.Served {
		return i
	}
	if id, local := permalink.LocalID(identity(a), e.actor.host); local {
		i.Claim.Name = archive.IDName(e.Account.Instance, id)
	}
	return i
}

func (e *Export) claim(i Item, base archive.Base, of string) Item {
	if hostOf(of) == "" {
		i.Refused = fmt.Errorf("%.200q is no address of a post", of)
		return i
	}
	name := archive.URLName(permalink.Canonical(of))
	if id, ok := permalink.LocalID(of, e.actor.host); ok && e.Served {
		name = archive.IDName(e.Account.Instance, id)
	}
	i.Claim = &archive.Claim{Account: e.Account.Name(), Base: base, Name: name, URL: of, Imported: archive.FromExport}
	return i
}
