package mastodonarchive

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/url"
	"os"
	"path"
	"strings"

	"lama/archive"
	"lama/importer"
	"lama/importer/stream"
	"lama/stages"
)

// collections are the members that hold posts, and what of the API they came from.
var collections = map[string]archive.Collection{
	"statuses": archive.Statuses, "favourites": archive.Favourites, "bookmarks": archive.Bookmarks, "mentions": "",
}

// Source is the archive as the importer takes it; the view is that of its account.
func (a *Archive) Source(v stages.View) importer.Source { return source{a, v} }

type source struct {
	archive *Archive
	view    stages.View
}

// All is known only to who has read the file.
func (s source) All() int64 { return 0 }

func (s source) Items(ctx context.Context) iter.Seq2[importer.Item, error] {
	return func(yield func(importer.Item, error) bool) {
		file, err := os.Open(s.archive.file)
		if err != nil {
			yield(importer.Item{}, err)
			return
		}
		defer file.Close()
		kind := func(member string) stream.Kind {
			if _, ok := collections[member]; ok {
				return stream.Items
			}
			return stream.Skip
		}
		wanted := true
		err = stream.Each(file, kind, func(member string, n int, raw json.RawMessage) bool {
			if string(raw) == "null" { // of a notification whose status was gone
				return true
			}
			wanted = yield(s.item(ctx, member, n, raw), ctx.Err())
			return wanted
		})
		if err != nil && wanted {
			yield(importer.Item{Where: path.Base(s.archive.file), Refused: []string{err.Error()}}, nil)
		}
	}
}

func (s source) item(ctx context.Context, member string, n int, raw json.RawMessage) importer.Item {
	item := importer.Item{Where: fmt.Sprintf("%s, item %d", member, n)}
	item.Account = s.view.Account.Name()
	batch, err := importer.Shown(ctx, s.view, collections[member], raw, archive.FromMastodonArchive)
	if err != nil {
		item.Refused = []string{err.Error()}
		return item
	}
	if item.Batch = batch; member == "mentions" {
		item.Activities = s.mentioned(batch.Posts)
	}
	for _, p := range item.Posts {
		for _, a := range p.Media {
			if local, ok := s.archive.local(a); ok {
				item.Files = append(item.Files, importer.File{PostURI: p.URI, Source: a.Source(), Local: local})
			}
		}
	}
	return item
}

// mentioned is that a post names the account. The notification is not in the file, only its post.
func (s source) mentioned(posts []archive.Post) []archive.Activity {
	p := posts[0]
	return []archive.Activity{{Account: s.view.Account.Name(), PostURI: p.URI, Base: archive.BaseMention, ID: p.ID}}
}

// local is the file of an attachment: it lies where its address says, without the host.
func (a *Archive) local(of archive.Attachment) (stages.Local, bool) {
	u, err := url.Parse(of.URL)
	if a.media == nil || err != nil || of.URL == "" {
		return stages.Local{}, false
	}
	name := strings.TrimPrefix(path.Clean("/"+u.EscapedPath()), "/")
	info, err := a.media.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return stages.Local{}, false
	}
	return stages.Local{Open: func() (io.ReadCloser, error) { return a.media.Open(name) }}, true
}
