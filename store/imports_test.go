package store_test

import (
	"fmt"
	"testing"

	"lama/archive"
	"lama/store"
)

// imported is a version of post 1 as an import has it.
func imported(from, instance, edited, content string) archive.Post {
	p := version(instance, edited, content)
	p.Imported = from
	return p
}

// brought is a batch of an import: posts that an account was shown, with one of its activities each.
func brought(a archive.Account, posts ...archive.Post) archive.Batch {
	return did(a, archive.BaseFavourite, posts...)
}

func TestWhatAServerSentTakesThePlaceOfAnImport(t *testing.T) {
	const early, late = "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"
	lama, export := archive.FromLAMA, archive.FromExport
	for _, c := range []struct {
		name      string
		versions  []archive.Post
		post      string
		revisions []string
	}{
		{"a server's answer", []archive.Post{imported(lama, "a", early, "1"), version("a", early, "1")}, "a 1 -", nil},
		{"another server's", []archive.Post{imported(lama, "far.example", early, "1"), version("b", early, "1")}, "b 1 -", nil},
		{"one that says something else", []archive.Post{imported(lama, "a", early, "1"), version("b", early, "2")}, "b 2 -", []string{"a 1 lama"}},
		{"one of before an edit", []archive.Post{imported(lama, "a", late, "2"), version("a", early, "1")}, "a 1 -", []string{"a 2 lama"}},
		{"an import of the same edit", []archive.Post{version("a", early, "1"), imported(lama, "a", early, "2")}, "a 1 -", nil},
		{"an import of another edit", []archive.Post{version("a", early, "1"), imported(lama, "a", late, "2")}, "a 1 -", []string{"a 2 lama"}},
		{"an import of the same text", []archive.Post{version("a", early, "1"), imported(lama, "a", "", "1")}, "a 1 -", nil},
		{"a later import", []archive.Post{imported(lama, "a", early, "1"), imported(export, "a", late, "2")}, "a 2 export", []string{"a 1 lama"}},
		{"an export of the same edit", []archive.Post{imported(lama, "a", early, "1"), imported(export, "a", early, "1")}, "a 1 lama", nil},
		{"another rendering by LAMA", []archive.Post{imported(lama, "a", early, "1"), imported(lama, "a", early, "2")}, "a 1 lama", []string{"a 2 lama"}},
		{"LAMA's of the same edit", []archive.Post{imported(export, "a", early, "1"), imported(lama, "a", early, "1")}, "a 1 lama", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				for range 2 { // once more changes nothing that matters
					for _, v := range c.versions {
						f.commit(brought(ana, v))
					}
					f.expectImported(c.post, c.revisions)
				}
			})
			t.Run("in one commit", func(t *testing.T) {
				onEach(t, func(t *testing.T, f *fixture) {
					f.commit(brought(ana, c.versions[0]), brought(ana, c.versions[1]))
					f.expectImported(c.post, c.revisions)
				})
			})
		})
	}
}

func (f *fixture) expectImported(post string, revisions []string) {
	f.t.Helper()
	equal(f.t, f.column("SELECT instance || ' ' || content || ' ' || COALESCE(imported, '-') FROM posts"), []string{post})
	equal(f.t, f.column("SELECT instance || ' ' || substr(json, 13, 1) || ' ' || COALESCE(imported, '-') FROM revisions"), revisions)
}

// The bytes may be the same: what matters is who had them.
func TestTheSameBytesFromAServerAreNoImportAnyMore(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := imported(archive.FromLAMA, "a", "", "1")
		f.commit(brought(ana, p))
		p.Imported = ""
		f.commit(brought(ana, p))
		f.expectImported("a 1 -", nil)
	})
}

func TestWhatWasImportedIsAskedForAgainOnceItsServerHasNotSentIt(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		one, two := post("home.example", "1"), post("home.example", "2")
		one.Imported, two.Imported = archive.FromLAMA, archive.FromLAMA
		f.commit(brought(ana, one, two))
		if err := f.OpenAccounts(t.Context(), store.Opening{Account: ana, Again: againOf(false)}); err != nil {
			t.Fatal(err)
		}
		equal(t, f.wants(), []string{"ana@home.example id:home.example/1 0 pending", "ana@home.example id:home.example/2 0 pending"})
		one.Imported, one.JSON = "", []byte(`{"id":"1"}`)
		f.commit(did(ana, archive.BaseFavourite, one))
		equal(t, f.wants(), []string{"ana@home.example id:home.example/1 0 done", "ana@home.example id:home.example/2 0 pending"})
	})
}

// An old copy does not bring back what its server has no more.
func TestAnImportSaysNothingOfToday(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := version("a", "", "1")
		f.commit(did(ana, archive.BaseFavourite, p))
		f.change("UPDATE posts SET missing_since = fetched_at, deleted_at = fetched_at")
		f.commit(brought(ana, imported(archive.FromLAMA, "a", "", "1")))
		equal(t, f.column("SELECT post_uri FROM posts WHERE missing_since IS NOT NULL AND deleted_at IS NOT NULL"), []string{p.URI})
		equal(t, f.wants(), nil)
	})
}

func (f *fixture) change(sql string) {
	f.t.Helper()
	if err := f.Change(f.t.Context(), sql); err != nil {
		f.t.Fatal(err)
	}
}

func TestAnImportTellsWhenAndWhatWasNoted(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := imported(archive.FromExport, "a", "", "1")
		p.FetchedAt, p.Note, p.Received = archive.ParseTime("2024-05-06 07:08:09"), "mine", []byte(`{"type":"Note"}`)
		b := brought(ana, p)
		b.Activities[0].ArchivedAt = archive.ParseTime("2024-05-06 07:08:10")
		f.commit(b)
		equal(t, f.column("SELECT note || ' ' || substr(CAST(fetched_at AS text), 1, 19) FROM posts"), []string{"mine 2024-05-06 07:08:09"})
		equal(t, f.column("SELECT substr(CAST(archived_at AS text), 1, 19) FROM activities"), []string{"2024-05-06 07:08:10"})
		read, err := f.Unwritten(t.Context(), 0, 9)
		if err != nil || len(read) != 1 || string(read[0].JSON) != `{"type":"Note"}` {
			t.Errorf("got %+v (%v)", read, err)
		}
		f.change("UPDATE posts SET note = 'newer'")
		f.commit(b)
		equal(t, f.column("SELECT note FROM posts"), []string{"newer"})
	})
}

func TestAnImportedPostThatNothingExplainsStaysWhereItIsWanted(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		b := shown(ana, post("a", "1"), post("a", "2"))
		b.Keep = []string{b.Posts[1].URI}
		f.commit(b)
		equal(t, f.column("SELECT post_id FROM posts"), []string{"2"})
	})
}

func TestCompareSaysWhatCommittingWouldChange(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(brought(ana, imported(archive.FromExport, "a", "", "1")))
		fresh := post("a", "2")
		posts := []archive.Post{imported(archive.FromLAMA, "a", "", "1"), fresh, fresh}
		r, err := f.Compare(t.Context(), posts)
		if err != nil || r.New != 1 || r.Better != 1 {
			t.Errorf("%d new, %d better (%v)", r.New, r.Better, err)
		}
		f.expectImported("a 1 export", nil)
		if r := f.commit(brought(ana, posts...)); r.New != 1 || r.Better != 1 {
			t.Errorf("%d new, %d better, when committed", r.New, r.Better)
		}
	})
}

// attached is post 1 with a picture, which lies at an address.
func attached(from, address string) archive.Post {
	p := imported(from, "a", "", "1")
	p.Media = []archive.Attachment{{Type: "image", Alt: "a heron", URL: address}}
	p.JSON = fmt.Appendf(nil, `{"content":"1","picture":%q}`, address)
	return p
}

func placed(p archive.Post, sum string) archive.Batch {
	b := brought(ana, p)
	b.Placed = []archive.Fetched{{PostURI: p.URI, Source: p.Media[0].Source(),
		File: archive.File{SHA256: sum, Size: 3, Type: "image/png", Path: "media/" + sum + ".png"}}}
	return b
}

const attachmentRows = `SELECT a.source || ' ' || a.state || ' ' || COALESCE(CAST(a.position AS text), '-') || ' ' || COALESCE(f.path, '')
FROM attachments a LEFT JOIN files f ON f.sha256 = a.sha256`

func TestFilesThatAnImportBringsSettleTheirAttachments(t *testing.T) {
	for _, state := range []string{"pending", "refused", "off"} {
		t.Run(state, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				p := attached("", "https://a/1.png")
				f.commit(did(ana, archive.BaseFavourite, p))
				f.change("UPDATE attachments SET step = 1, attempts = 3, reason = 'gone', state = '" + state + "'")
				f.commit(placed(attached(archive.FromLAMA, "https://a/1.png"), "abc"))
				equal(t, f.column(attachmentRows), []string{"https://a/1.png done 0 media/abc.png"})
				equal(t, f.column("SELECT CAST(attachments AS text) FROM posts"), []string{`[["media/abc.png","a heron"]]`})
			})
		})
	}
}

func TestAFileOfAnImportIsKeptBesideAnotherVersionsFiles(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, attached("", "https://new/1.png")))
		f.commit(placed(attached(archive.FromLAMA, "https://old/1.png"), "abc"))
		equal(t, f.column(attachmentRows), []string{"https://new/1.png pending 0 ", "https://old/1.png done - media/abc.png"})
	})
}

// An export does not say where its files lie. Once a server does, they are the same.
func TestFilesOfAnExportAreThoseThatItsServerNames(t *testing.T) {
	const path = "/media_attachments/files/109/365/original/a.png"
	unnamed := func(from, id string) archive.Post {
		p := attached(from, "")
		p.Media[0].ID = id
		return p
	}
	for _, c := range []struct{ name, id, exported, address, remote string }{
		{"by its id", "7", "", "https://files.a/1.png", ""},
		{"by the id in its address", "109365", "", "https://files.a" + path, ""},
		{"by the id in the original's address", "109365", "", "https://b/cache/1.png", "https://files.a" + path},
		{"by the same path elsewhere", "109365", "https://a/system" + path, "https://files.a" + path, ""},
	} {
		imported, sent := unnamed(archive.FromExport, c.id), unnamed("", c.id)
		imported.Media[0].URL = c.exported
		sent.Media[0].URL, sent.Media[0].RemoteURL = c.address, c.remote
		if c.remote != "" {
			sent.Media[0].ID = "8"
		}
		for order, commits := range map[string][]archive.Batch{
			"the import first": {placed(imported, "abc"), did(ana, archive.BasePost, sent)},
			"the server first": {did(ana, archive.BasePost, sent), placed(imported, "abc")},
			"twice":            {placed(imported, "abc"), did(ana, archive.BasePost, sent), placed(imported, "abc")},
		} {
			t.Run(c.name+", "+order, func(t *testing.T) {
				onEach(t, func(t *testing.T, f *fixture) {
					for _, b := range commits {
						f.commit(b)
					}
					want := sent.Media[0].Source() + " done 0 media/abc.png"
					equal(t, f.column(attachmentRows+" WHERE position IS NOT NULL"), []string{want})
					equal(t, f.column("SELECT CAST(attachments AS text) FROM posts"), []string{`[["media/abc.png","a heron"]]`})
					equal(t, f.column("SELECT 1 FROM attachments WHERE state = 'pending'"), nil)
				})
			})
		}
	}
}

func TestAnotherFileOfThePostIsNotTheExports(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := attached(archive.FromExport, "")
		p.Media[0].ID = "7"
		f.commit(placed(p, "abc"))
		f.commit(did(ana, archive.BasePost, attached("", "https://files.a/media_attachments/files/8/original/b.png")))
		equal(t, f.column("SELECT state FROM attachments WHERE position = 0"), []string{"pending"})
	})
}

// An import may know of a mention before it comes to the notification; a server's takes the place of an import's.
func TestNotificationsOfImportsAreCompletedAndReplaced(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		told := func(p archive.Post, envelope string) {
			t.Helper()
			f.commit(mentioned(p, envelope))
		}
		p := imported(archive.FromLAMA, "a", "", "1")
		told(p, "")
		told(p, `{"id":1}`)
		told(p, `{"id":2}`)
		equal(t, f.column("SELECT envelope FROM activities WHERE unwritten"), []string{`{"id":1}`})
		p.Imported, p.JSON = "", []byte(`{}`)
		f.commit(did(ana, archive.BaseFavourite, p)) // another page brings the post first
		written, err := f.Unwritten(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		told(p, `{"id":3}`)
		if err := f.Written(t.Context(), written); err != nil { // with what was true before
			t.Fatal(err)
		}
		equal(t, f.column("SELECT base FROM activities WHERE unwritten"), []string{"mention"})
		p.JSON = []byte(`{"more":1}`)
		told(p, `{"id":4}`)
		equal(t, f.column(toldOf), []string{`{"id":3}of {"id":3}`})
	})
}

// toldOf is the notification of the only mention.
const toldOf = "SELECT envelope || activity_id || COALESCE(imported, '') FROM activities WHERE base = 'mention'"

// mentioned is a page with a mention; without a notification, as an import may have it, for an empty one.
func mentioned(p archive.Post, envelope string) archive.Batch {
	b := did(ana, archive.BaseMention, p)
	if envelope != "" {
		b.Activities[0].ID, b.Activities[0].Envelope, b.Activities[0].Imported = "of "+envelope, []byte(envelope), p.Imported
	}
	b.Walk = &archive.Walk{Account: ana.Name(), Collection: archive.Notifications}
	return b
}

func TestOfNotificationsInOneCommitTheBestIsKept(t *testing.T) {
	early, sent := imported(archive.FromLAMA, "a", "", "1"), version("a", "", "1")
	none, first, second, server := mentioned(early, ""), mentioned(early, `{"id":1}`), mentioned(early, `{"id":2}`), mentioned(sent, `{"id":3}`)
	none.Activities[0].ArchivedAt = archive.ParseTime("2020-02-02T00:00:00Z")
	const imported, ofServer = `{"id":1}of {"id":1}lama`, `{"id":3}of {"id":3}`
	for _, c := range []struct {
		batches []archive.Batch
		want    string
		early   []string // what was archived when none came
	}{
		{[]archive.Batch{none, first, second}, imported, []string{"mention"}},
		{[]archive.Batch{first, none, second}, imported, nil},
		{[]archive.Batch{none, first, server}, ofServer, []string{"mention"}},
		{[]archive.Batch{server, first, none}, ofServer, nil},
	} {
		onEach(t, func(t *testing.T, f *fixture) {
			f.commit(c.batches...)
			equal(t, f.column(toldOf), []string{c.want})
			equal(t, f.column("SELECT base FROM activities WHERE unwritten"), []string{"mention"})
			equal(t, f.column("SELECT base FROM activities WHERE archived_at < '2021-01-01 00:00:00+00:00'"), c.early)
		})
	}
}
