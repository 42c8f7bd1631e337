package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"lama/archive"
)

// A picture is what many posts show beside their own media: an avatar, a custom emoji, the image of a card. It is a row
// of attachments that is of no post (its post_uri is empty), once per address, so that whatever is true of a file is true
// of it too.

// The types of pictures.
const (
	avatar = "avatar"
	emoji  = "emoji"
	card   = "card"
)

// picturesOf are the addresses of the pictures that a post shows, and the type of each. Of what moves it is the copy that does
// not.
func picturesOf(e excerpt) map[string]string {
	all := map[string]string{}
	add := func(kind string, addresses ...gjson.Result) {
		for _, a := range addresses {
			if address := a.String(); fetchable(address) {
				all[address] = kind
				return
			}
		}
	}
	add(card, e.card.Get("image"))
	for _, emojis := range []gjson.Result{e.emojis, e.authorEmojis, e.poll.Get("emojis")} {
		for _, one := range emojis.Array() {
			add(emoji, one.Get("static_url"), one.Get("url"))
		}
	}
	add(avatar, e.avatarStatic, e.avatar)
	return all
}

// nobody is the end of the address that Mastodon gives for the avatar of who has none (account/avatar.rb).
const nobody = "/avatars/original/missing.png"

// fetchable says whether an address may be that of a picture. What is longer than an index can hold is none.
func fetchable(address string) bool {
	http := strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
	return http && address == indexable(address) && !strings.HasSuffix(address, nobody)
}

// pictures makes tasks of the pictures that the new versions of posts show, of those posts that stay.
func (c *commit) pictures(ctx context.Context) error {
	all := map[string]string{}
	for _, uri := range slices.Concat(c.fresh, c.replaced) {
		maps.Copy(all, c.shown[uri])
	}
	return c.putPictures(ctx, all)
}

// putPictures makes tasks of those pictures that the archive does not know; the caller gives the map away.
func (c *commit) putPictures(ctx context.Context, all map[string]string) error {
	if len(all) == 0 {
		return nil
	}
	known, err := collect(ctx, c.tx, scanString, "SELECT source FROM attachments WHERE post_uri = '' AND source "+
		c.tx.among(c.tx.list(1, 1)), listOf(sortedKeys(all)))
	if err != nil {
		return err
	}
	for _, address := range known {
		delete(all, address)
	}
	rows := map[[2]string][]any{}
	for address, kind := range all {
		row := c.attachmentRow(&archive.Post{}, archive.Attachment{Type: kind, URL: address, Off: !c.rules.Pictures})
		row[2] = nil // it has no position
		rows[[2]string{"", address}] = row
	}
	return c.tx.put(ctx, putOlderAttachments, sorted(rows))
}

// pictured is the state that says up to which number the pictures of posts have their rows.
const pictured = "pictured"

// queuePictures makes tasks of the pictures of posts that are older than the archive's keeping them.
func (s *Store) queuePictures(ctx context.Context, t tx, after int64) (last int64, err error) {
	all := map[string]string{}
	ids, err := collect(ctx, t, func(r rows) (id int64, err error) {
		var json string
		err = r.Scan(&id, &json)
		for address, kind := range picturesOf(excerptOf(gjson.Parse(json))) {
			all[address] = kind
		}
		return id, err
	}, fmt.Sprintf("SELECT id, CAST(json AS text) FROM posts WHERE id > $1 ORDER BY id LIMIT %d", fillAtOnce), after)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	c := commit{Store: s, tx: t, hosts: map[string]bool{}}
	return ids[len(ids)-1], c.putPictures(ctx, all)
}

// Picture is a picture in the data folder, for one viewer.
type Picture struct {
	SHA256 string
	Type   string // of its bytes
	Pass   string // lets the viewer have it: see [Store.File]
}

// fillPictures reads the pictures that posts show, as far as they are here.
func (v Viewer) fillPictures(ctx context.Context, t tx, of map[string][]*Seen) error {
	shown := map[string][]*Seen{}
	for _, posts := range of {
		for _, p := range posts {
			p.Pictures = map[string]Picture{}
			for address := range picturesOf(excerptOf(gjson.ParseBytes(p.JSON))) {
				shown[address] = append(shown[address], p)
			}
		}
	}
	if len(shown) == 0 {
		return nil
	}
	_, err := collect(ctx, t, func(r rows) (one Picture, err error) {
		var address string
		err = r.Scan(&address, &one.SHA256, &one.Type)
		one.Pass = v.pass(one.SHA256)
		for _, p := range shown[address] {
			p.Pictures[address] = one
		}
		return one, err
	}, fmt.Sprintf(`SELECT a.source, f.sha256, f.type FROM attachments a JOIN files f ON f.sha256 = a.sha256
WHERE a.post_uri = '' AND a.source %s`, t.among(t.list(1, 1))), listOf(sortedKeys(shown)))
	return err
}
