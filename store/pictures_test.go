package store_test

import (
	"fmt"
	"strings"
	"testing"

	"lama/archive"
	"lama/store"
)

// showing is post id whose author has an avatar, an emoji and a link with an image: pic.example/<name>.
func showing(id, avatar, emoji, image string) archive.Post {
	p := post("home.example", id)
	p.JSON = fmt.Appendf(nil, `{"id":%q,"uri":%q,
"account":{"avatar":"https://pic.example/moves.gif","avatar_static":"https://pic.example/%s",
"emojis":[{"shortcode":"e","url":"https://pic.example/%s.gif","static_url":"https://pic.example/%[4]s"}]},
"card":{"image":"https://pic.example/%s"}}`, id, p.URI, avatar, emoji, image)
	return p
}

const pictureRows = "SELECT type || ' ' || substr(source, 21) || ' ' || state FROM attachments WHERE post_uri = ''"

// pictured is a store in which pictures are wanted.
func pictured(f *fixture) {
	r := rules()
	r.Pictures = true
	f.begin(r)
}

func TestAPictureIsATaskOncePerAddress(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		pictured(f)
		r := f.commit(did(ana, archive.BaseFavourite, showing("1", "zoe", "blob", "card")))
		if len(r.Settled[0].Wake) != 1 || r.Settled[0].Wake[0].Owner != "pic.example" {
			t.Errorf("wakes %v", r.Settled[0].Wake)
		}
		equal(t, f.column(pictureRows), []string{"avatar zoe pending", "card card pending", "emoji blob pending"})
		for _, m := range f.media("pic.example") {
			if !m.Picture() {
				t.Errorf("%+v is not a picture", m)
			}
			f.commit(settled(m, archive.File{SHA256: m.Type, Type: "image/png", Path: "media/" + m.Type}, done, 0))
		}
		r = f.commit(did(ana, archive.BaseFavourite, showing("2", "zoe", "blob", "other")))
		equal(t, f.column(pictureRows), []string{"avatar zoe done", "card card done", "card other pending", "emoji blob done"})
		r = f.commit(did(bob, archive.BaseFavourite, showing("3", "zoe", "blob", "other")))
		if len(r.Settled[0].Wake) != 0 {
			t.Errorf("pictures that are known wake %v", r.Settled[0].Wake)
		}
		f.commit(did(ana, archive.BaseFavourite, showing("4", "zoe-in-a-hat", "blob", "other")))
		equal(t, f.column(pictureRows+" AND type = 'avatar'"), []string{"avatar zoe done", "avatar zoe-in-a-hat pending"})
	})
}

func TestPicturesOfPostsThatDoNotStayAreNoTasks(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		pictured(f)
		f.commit(shown(ana, showing("1", "zoe", "blob", "card")))
		equal(t, f.column(pictureRows), nil)
	})
}

func TestWhatIsNoAddressIsNoPicture(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		pictured(f)
		p := post("home.example", "1")
		p.JSON = fmt.Appendf(nil, `{"account":{"avatar_static":"/avatars/x.png",
"avatar":"https://pic.example/avatars/original/missing.png"},"card":{"image":"https://pic.example/%s"},
"emojis":[{"static_url":7},null,"x"]}`, strings.Repeat("x", 2000))
		f.commit(did(ana, archive.BaseFavourite, p))
		equal(t, f.column(pictureRows), nil)
	})
}

func TestPicturesAreSwitchedOffAndOn(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, showing("1", "zoe", "blob", "card")))
		equal(t, f.column("SELECT DISTINCT state FROM attachments"), []string{"off"})
		if due := f.media("pic.example"); len(due) > 0 {
			t.Errorf("%+v is due", due)
		}
		f.commit(did(ana, archive.BaseFavourite, withMedia("2", "a")))
		pictured(f)
		equal(t, f.column("SELECT DISTINCT state FROM attachments"), []string{"pending"})
		f.begin(rules())
		equal(t, f.column("SELECT DISTINCT CASE post_uri WHEN '' THEN '' ELSE 'file ' END || state FROM attachments"),
			[]string{"file pending", "off"})
	})
}

// Posts of an archive that is older than its pictures have them queued by the next run, in slices.
func TestPicturesOfOlderPostsAreQueued(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		var posts []archive.Post
		for n := range 1100 {
			posts = append(posts, showing(fmt.Sprint(n), fmt.Sprint("author", n%7), "blob", fmt.Sprint("card", n)))
		}
		f.commit(did(ana, archive.BaseFavourite, posts...))
		f.exec("DELETE FROM attachments", "DELETE FROM states WHERE name = 'pictured'")
		pictured(f)
		equal(t, f.column("SELECT type || ' ' || count(*) FROM attachments WHERE state = 'pending' GROUP BY type"),
			[]string{"avatar 7", "card 1100", "emoji 1"})
		f.exec("DELETE FROM attachments")
		pictured(f)
		equal(t, f.column(pictureRows), nil)
	})
}

// A picture goes the way of every file: its host is silent, it is given up, it is lost and asked for again.
func TestPicturesAreFiles(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		pictured(f)
		f.commit(did(ana, archive.BaseFavourite, showing("1", "zoe", "blob", "card")))
		all, err := f.PendingFiles(t.Context(), archive.Media{}, 2)
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		if all, err = f.PendingFiles(t.Context(), all[1], 2); err != nil || len(all) != 1 || all[0].URL != "https://pic.example/zoe" {
			t.Fatal(all, err)
		}
		f.commit(settled(all[0], archive.File{SHA256: "s", Size: 3, Type: "image/png", Path: "media/zoe.png"}, done, 0))
		equal(t, f.damage(false), nil)
		if asking, err := f.Refetch(t.Context(), []string{"s"}); err != nil || asking["s"] != 1 {
			t.Errorf("asking %v (%v)", asking, err)
		}
		f.commit(archive.Batch{Host: &archive.Host{Name: "pic.example", Silent: true, Since: f.now, NotBefore: f.now, GiveUp: true}})
		equal(t, f.column("SELECT DISTINCT state FROM attachments"), []string{"refused"})
	})
}

// seenPicture is the one picture of the type that a viewer is shown with a post.
func (f *fixture) seenPicture(v store.Viewer, id, name string) store.Picture {
	f.t.Helper()
	posts, err := f.Posts(f.t.Context(), v, []string{"https://far.example/users/zoe/statuses/" + id})
	if err != nil || len(posts) != 1 {
		f.t.Fatal(posts, err)
	}
	return posts[0].Pictures["https://pic.example/"+name]
}

func TestAPassIsForOneViewerAndOneFile(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		pictured(f)
		asAna := store.Viewer{Person: "ana", Own: []string{ana.Name()}, Others: []string{bob.Name()}, SharePublic: true}
		asBob := store.Viewer{Person: "bob", Own: []string{bob.Name()}, Others: []string{ana.Name()}, SharePublic: true}
		f.commit(did(ana, archive.BaseFavourite, showing("1", "zoe", "blob", "card")))
		f.commit(did(bob, archive.BaseFavourite, showing("2", "zoe", "blob", "other")))
		for _, m := range f.media("pic.example") {
			name := strings.TrimPrefix(m.URL, "https://pic.example/")
			f.commit(settled(m, archive.File{SHA256: name, Type: "image/png", Path: "media/" + name}, done, 0))
		}
		mine, theirs := f.seenPicture(asAna, "1", "card"), f.seenPicture(asBob, "2", "zoe")
		for _, c := range []struct {
			viewer    store.Viewer
			sum, pass string
			given     bool
		}{
			{asAna, "card", mine.Pass, true}, {asBob, "card", mine.Pass, false}, {asBob, "card", theirs.Pass, false},
			{asBob, "zoe", theirs.Pass, true}, {asAna, "zoe", f.seenPicture(asAna, "1", "zoe").Pass, true},
			{asBob, "card", "", false}, {asAna, "card", "", false}, {store.Viewer{}, "card", mine.Pass, false},
			{store.Household(), "card", "", true}, {store.Household(), "nothing", "", false},
		} {
			file, err := f.File(t.Context(), c.viewer, c.sum, c.pass)
			if err != nil || (file != nil) != c.given {
				t.Errorf("%q is given %s by %q: %v (%v)", c.viewer.Person, c.sum, c.pass, file, err)
			}
		}
	})
}
