package disk_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lama/archive"
	"lama/disk"
)

// newYear is still December in UTC.
var newYear = archive.Time{Time: time.Date(2023, 1, 1, 1, 30, 0, 0, time.FixedZone("", 2*3600))}

func picture(address string) archive.Media {
	return archive.Media{Attachment: archive.Attachment{Type: "avatar", URL: address}}
}

func media(author, id string, at archive.Time, position int) archive.Media {
	return archive.Media{
		PostURI: "https://example.social/1", Author: author, PostID: id, CreatedAt: at, Attachment: archive.Attachment{Position: position},
	}
}

func TestMediaPath(t *testing.T) {
	for _, c := range []struct {
		media     archive.Media
		ext, want string
	}{
		{media("anna@example.social", "109", newYear, 0), ".jpg", "media/example.social/anna/2022/12/anna_109_00.jpg"},
		{media("foo_bar@example.social", "9", newYear, 11), ".mp4", "media/example.social/foo_bar/2022/12/foo_bar_9_11.mp4"},
		{media("foobar@example.social", "9", archive.Time{}, 0), "", "media/example.social/foobar/0000/00/foobar_9_00"},
		{media("anna", "1", newYear, 0), ".png", "media/x~ynsb7bke27/anna/2022/12/anna_1_00.png"},
		{picture("https://files.example/a/b.png"), ".png", "media/pictures/files.example/avatar/01192656fabdeb7faf6d9ce1c78a7ce4.png"},
		{picture("no address"), ".svg", "media/pictures/x~rkg6qi6v5u/avatar/5917eeb9744277c183411a62d542fa17.svg"},
	} {
		if got := disk.MediaPath(c.media, c.ext); got != c.want {
			t.Errorf("MediaPath(%v) = %q, want %q", c.media, got, c.want)
		}
	}
}

func TestJSONPath(t *testing.T) {
	account := archive.Account{User: "anna", Instance: "example.social:8443"}
	got := disk.JSONPath(account, "favourites", "bob@other.example", "109", newYear)
	want := "json/anna_examplesocial8443/favourites/2022/12/bob@other.example_109.json"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestJSONFolder(t *testing.T) {
	for want, a := range map[string]archive.Activity{
		"posts":      {Base: archive.BasePost},
		"favourites": {Base: archive.BaseFavourite},
		"bookmarks":  {Base: archive.BaseBookmark},
		"mentions":   {Base: archive.BaseMention},
		"polls":      {Base: archive.BasePoll},
		"":           {Base: archive.BaseReblog},
		"parents":    {Base: archive.BaseReblog, Chain: archive.ChainParent, Distance: 2},
		"links":      {Base: archive.BasePost, Chain: archive.ChainLink, Distance: 1},
		"quotes":     {Base: archive.BasePost, Chain: archive.ChainQuote, Distance: 1},
	} {
		if got := disk.JSONFolder(a); got != want {
			t.Errorf("JSONFolder(%s) = %q, want %q", a.Type(), got, want)
		}
	}
}

// times draws a moment, also of years that no server should name.
func times() *rapid.Generator[archive.Time] {
	return rapid.Map(rapid.Int64Range(-1<<40, 1<<40), func(s int64) archive.Time { return archive.At(time.Unix(s, 0)) })
}

func TestPathsStayBelow(t *testing.T) {
	account := archive.Account{User: "anna", Instance: "example.social"}
	rapid.Check(t, func(t *rapid.T) {
		author, id, at := hostile().Draw(t, "author"), hostile().Draw(t, "id"), times().Draw(t, "at")
		for below, p := range map[string]string{
			"media/": disk.MediaPath(media(author, id, at, rapid.IntRange(0, 999).Draw(t, "position")), ".jpeg"),
			"json/":  disk.JSONPath(account, "posts", author, id, at),
		} {
			if !fs.ValidPath(p) || !utf8.ValidString(p) || !strings.HasPrefix(p, below) || len(p) > 440 {
				t.Errorf("%q by %q became %q", id, author, p)
			}
			if parts := strings.Split(p, "/"); len(parts) != 6 || len(path.Base(p)) > 255 {
				t.Errorf("%q by %q became %q", id, author, p)
			}
		}
	})
}

func TestPathsAreUnique(t *testing.T) {
	type post struct{ author, id string }
	account := archive.Account{User: "anna", Instance: "example.social"}
	rapid.Check(t, func(t *rapid.T) {
		a := post{hostile().Draw(t, "author"), hostile().Draw(t, "id")}
		b := post{
			rapid.OneOf(hostile(), rapid.SampledFrom(near(a.author))).Draw(t, "author"),
			rapid.OneOf(hostile(), rapid.SampledFrom(near(a.id))).Draw(t, "id"),
		}
		if rapid.Bool().Draw(t, "shifted") { // an underscore that moves between author and id
			a, b = post{a.author + "_" + a.id, b.id}, post{a.author, a.id + "_" + b.id}
		}
		pathsOf := func(p post) [2]string {
			return [2]string{
				strings.ToLower(disk.MediaPath(media(p.author, p.id, newYear, 0), ".jpg")),
				strings.ToLower(disk.JSONPath(account, "posts", p.author, p.id, newYear)),
			}
		}
		pa, pb := pathsOf(a), pathsOf(b)
		for i := range pa {
			if (pa[i] == pb[i]) != (a == b) {
				t.Errorf("%q and %q became %q and %q", a, b, pa[i], pb[i])
			}
		}
	})
}
