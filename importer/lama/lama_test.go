//go:build sqlite

package lama_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lama/archive"
	"lama/disk"
	"lama/importer"
	"lama/importer/lama"
	"lama/stages"
	"lama/store"
	"lama/store/storetest"
)

// corpus is the folder of recordings, which is not part of the repository.
func corpus(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("LAMA_CORPUS")
	if folder == "" {
		folder = "../../../shared/fixtures"
	}
	if _, err := os.Stat(filepath.Join(folder, "lama", "app.db")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no corpus: %v; set LAMA_CORPUS to its folder", err)
		}
		t.Skipf("NOT TESTED against what LAMA 1.1 wrote: %v; set LAMA_CORPUS to the corpus's folder", err)
	}
	return filepath.Join(folder, "lama")
}

// home is an archive, and a folder of LAMA's.
type home struct {
	*testing.T
	from, data, url string
	store           *store.Store
	folder          *disk.Folder
	refused         []string
}

func newHome(t *testing.T) *home {
	t.Helper()
	schema, err := os.ReadFile("../../schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	h := &home{T: t, from: t.TempDir(), data: t.TempDir()}
	h.url = "sqlite:" + filepath.Join(h.data, "lama.db")
	if h.store, err = store.Open(t.Context(), store.Options{URL: h.url, Schema: string(schema)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.store.Close)
	if h.folder, err = disk.Open(h.data); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.folder.Close() })
	rules := store.Rules{JSON: true, Own: true, Others: true, Limits: archive.Limits{archive.ChainParent: 9, archive.ChainLink: 9}}
	if err := h.store.Begin(t.Context(), rules, nil); err != nil {
		t.Fatal(err)
	}
	return h
}

// database makes LAMA's database of SQL, with its tables.
func (h *home) database(statements ...string) {
	h.Helper()
	path := filepath.Join(h.from, "data", "app.db")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		h.Fatal(err)
	}
	defer db.Close()
	for _, s := range append([]string{`
CREATE TABLE posts (id INTEGER PRIMARY KEY, post_uri TEXT UNIQUE, post_id INTEGER, attachments TEXT, fetched_at TEXT, json TEXT, note TEXT);
CREATE TABLE activities (id INTEGER PRIMARY KEY, account TEXT, post_uri TEXT, activity_type TEXT, activity_id INTEGER, archived_at TEXT);
CREATE TABLE states (id INTEGER PRIMARY KEY, account TEXT, name TEXT, value TEXT)`}, statements...) {
		if _, err := db.ExecContext(h.Context(), s); err != nil {
			h.Fatal(err, s)
		}
	}
}

// file makes a file in LAMA's data folder.
func (h *home) file(name, content string) {
	h.Helper()
	path := filepath.Join(h.from, "data", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		h.Fatal(err)
	}
}

func (h *home) run() importer.Tally {
	h.Helper()
	source, err := lama.Open(h.Context(), lama.Options{Dir: h.from, View: func(a archive.Account) (stages.View, error) {
		return stages.View{Account: a, Reblogs: true, Mentions: true, Polls: true}, nil
	}})
	if err != nil {
		h.Fatal(err)
	}
	defer source.Close()
	h.refused = nil
	tally, err := importer.Importer{Archive: h.store, Folder: h.folder, Recurse: stages.Recurse{Own: func(string) bool { return false },
		DownloadOwn: true, DownloadOthers: true, Now: time.Now},
		Refused: func(where, why string) { h.refused = append(h.refused, where+": "+why) }}.Run(h.Context(), source)
	if err != nil {
		h.Fatal(err)
	}
	return tally
}

// rows are those of a query of our database.
func (h *home) rows(query string) (all []string) {
	h.Helper()
	for _, row := range storetest.Query(h.T, h.url, query) {
		all = append(all, strings.Join(row, " "))
	}
	return all
}

func (h *home) expect(query string, want ...string) {
	h.Helper()
	if got := h.rows(query); !slices.Equal(got, want) {
		h.Errorf("%s: got %q, want %q", query, got, want)
	}
}

// Every row that LAMA 1.1 has written has one of ours, and its words.
func TestEveryRowOfLAMAsIsThere(t *testing.T) {
	h := newHome(t)
	if err := os.CopyFS(filepath.Join(h.from, "data"), os.DirFS(corpus(t))); err != nil {
		t.Fatal(err)
	}
	tally := h.run()
	if tally.Refused != 0 || tally.Items != 94+18 {
		t.Errorf("got %+v, refused %q", tally, h.refused)
	}
	theirs := "sqlite:" + filepath.Join(h.from, "data", "app.db")
	ours := map[string]string{}
	for _, row := range storetest.Query(t, h.url, "SELECT post_uri, json FROM posts WHERE imported = 'lama'") {
		ours[row[0]] = row[1]
	}
	for _, row := range storetest.Query(t, theirs, "SELECT post_uri, json, author FROM posts") {
		if ours[row[0]] != row[1] {
			t.Errorf("%s is not there as it was: %.200s", row[0], ours[row[0]])
		}
	}
	done := h.rows("SELECT account, post_uri, activity_type, activity_id, strftime('%s', archived_at) FROM activities")
	for _, row := range storetest.Query(t, theirs, "SELECT account, post_uri, activity_type, activity_id, archived_at FROM activities") {
		at, err := time.ParseInLocation(time.DateTime, row[4], time.Local)
		if row[4] = fmt.Sprint(at.Unix()); err != nil || !slices.Contains(done, strings.Join(row, " ")) {
			t.Errorf("%v is not there (%v)", row, err)
		}
	}
	if n := h.rows("SELECT count(*) FROM activities WHERE base = 'mention' AND envelope LIKE '%\"status\": null%'"); n[0] != "3" {
		t.Errorf("%s notifications came of files", n[0])
	}
	if again := h.run(); again.Posts.New+again.Posts.Better != 0 || again.Posts.Known != tally.Posts.New {
		t.Errorf("once more: %+v, after %+v", again, tally)
	}
	h.expect("SELECT count(*) FROM revisions", "0")
}

// status is a status in Python's words.
func status(id, uri, more string) string {
	return `{"id": "` + id + `", "uri": "` + uri + `", "created_at": "2024-01-02 03:04:05.678000+00:00", "edited_at": null, ` +
		`"account": {"acct": "zoe@far.example", "url": "https://far.example/@zoe"}, "visibility": "public", "content": "<p>tea</p>"` + more + `}`
}

const uri = "https://far.example/users/zoe/statuses/9"

func insert(id any, json, attachments string) string {
	return fmt.Sprintf("INSERT INTO posts (post_uri, post_id, attachments, fetched_at, json, note) VALUES ('%s', %v, '%s', '2024-02-03 04:05:06', '%s', 'mine')",
		uri, id, attachments, json)
}

func deed(account, kind string, id any) string {
	return fmt.Sprintf("INSERT INTO activities (account, post_uri, activity_type, activity_id, archived_at) VALUES ('%s', '%s', '%s', %v, '2024-02-03 04:05:07')",
		account, uri, kind, id)
}

// SQLite made a number of an id, and lost its zeroes and its last digits.
func TestIDsAreThoseOfTheJSON(t *testing.T) {
	for _, id := range []string{"000123", "99999999999999999999", "9vvOI4du3rkuhoX8wS"} {
		h := newHome(t)
		h.database(insert("'"+id+"'", status(id, uri, ""), ""), deed("ana@home.example", "bookmark", "'"+id+"'"))
		h.run()
		h.expect("SELECT post_id, instance, note FROM posts", id+" home.example mine")
		h.expect("SELECT activity_type, activity_id FROM activities", "bookmark "+id)
	}
}

// The row is of the account whose server calls the post so. The other's name for it is one, too.
func TestAPostIsReadAsItsServerNamesThings(t *testing.T) {
	h := newHome(t)
	h.database(insert(7, status("7", uri, `, "in_reply_to_id": "6"`), ""), deed("Bo@Away.example/", "favourite", 55),
		deed("ana@home.example", "bookmark.link#2", 7), deed("ana@home.example", "mention", 8))
	h.run()
	h.expect("SELECT post_id, instance, fetched_by FROM posts", "7 home.example ana@home.example")
	h.expect("SELECT account, activity_type, activity_id FROM activities ORDER BY 1, 2", "Bo@away.example favourite 55",
		"ana@home.example bookmark.link#2 7", "ana@home.example mention 8")
	h.expect("SELECT name FROM aliases ORDER BY 1", "id:away.example/55", "id:home.example/7")
	h.expect("SELECT target FROM refs", "id:home.example/6")
}

// Pleroma's boosts have the URI of what they boost, so that LAMA's row of the one took the place of the other's.
func TestABoostWithTheURIOfItsTargetIsTwoPosts(t *testing.T) {
	h := newHome(t)
	h.database(insert(2, status("2", uri, `, "reblog": `+status("1", uri, "")), ""), deed("ana@home.example", "reblog", 1),
		deed("ana@home.example", "post", 2), deed("ana@home.example", "favourite", 1))
	h.run()
	h.expect("SELECT activity_type, activity_id, post_uri = '"+uri+"' FROM activities ORDER BY 1", "favourite 1 1", "post 2 0", "reblog 1 1")
}

const picture = `, "media_attachments": [{"id": "1", "type": "image", "url": "https://home.example/1.png", "description": "a heron"}, ` +
	`{"id": "2", "type": "image", "url": "https://home.example/2.png"}, {"id": "3", "type": "image", "url": "https://home.example/3.png"}]`

// A file is taken over; an error, a page that came in place of a file, and a file that is lost are asked for again.
func TestMediaAreTakenOver(t *testing.T) {
	h := newHome(t)
	h.file("media/farexample/zoe/2024/01/zoe_9_00.png", "\x89PNG\r\n\x1a\n and more")
	h.file("media/farexample/zoe/2024/01/zoe_9_01.undefined", "<!doctype html><p>gone")
	h.database(insert(9, status("9", uri, picture), `[["media/farexample/zoe/2024/01/zoe_9_00.png", "a heron"],
["media/farexample/zoe/2024/01/zoe_9_01.undefined", ""], ["[\"HTTP 404: Not Found\"]", ""], ["media/../../creds/secret", ""]]`),
		deed("ana@home.example", "favourite", 9))
	tally := h.run()
	if tally.Files.New != 1 || tally.Files.Refused != 1 || len(h.refused) != 1 || !strings.Contains(h.refused[0], "a page") {
		t.Errorf("got %+v, refused %q", tally, h.refused)
	}
	h.expect("SELECT source, state, COALESCE(path, '') FROM attachments a LEFT JOIN files f ON f.sha256 = a.sha256 ORDER BY 1",
		"https://home.example/1.png done media/far.example/zoe/2024/01/zoe_9_00.png", "https://home.example/2.png pending ",
		"https://home.example/3.png pending ")
}

// A file may have a version that the database has no more, and an activity that LAMA was stopped before noting.
func TestJSONFilesAreReadToo(t *testing.T) {
	h := newHome(t)
	old := strings.Replace(status("9", uri, ""), "tea", "coffee", 1)
	h.database(insert(9, strings.Replace(status("9", uri, ""), `"edited_at": null`, `"edited_at": "2024-01-03 00:00:00+00:00"`, 1), ""),
		deed("ana@home.example", "favourite", 9))
	h.file("json/ana_homeexample/bookmarks/2024/01/zoe_farexample_9.json", indented(t, old))
	h.file("json/ana_homeexample/parents/2024/01/zoe_farexample_8.json", indented(t, status("8", uri+"8", "")))
	h.file("json/ana_homeexample/mentions/2024/01/zoe_farexample_5.json", indented(t, `{"id": "5", "type": "mention",
"created_at": "2024-01-02 03:04:05+00:00", "status": `+status("9", uri, "")+`}`))
	h.file("json/ana_homeexample/posts/2024/01/ours.json", strings.Replace(status("7", uri+"7", ""), "2024-01-02 ", "2024-01-02T", 1))
	h.file("json/dora_deadexample/posts/2024/01/x.json", indented(t, status("7", uri+"7", "")))
	h.file("json/ana_homeexample/posts/2024/01/cut.json", `{"created_at": "2024-01-02 03:04:05+00:00"`)
	tally := h.run()
	if tally.Refused != 2 || len(h.refused) != 2 {
		t.Errorf("refused %q", h.refused)
	}
	h.expect("SELECT post_id, substr(edited_at, 1, 10) FROM posts ORDER BY 1", "8 ", "9 2024-01-03")
	h.expect("SELECT imported FROM revisions WHERE json LIKE '%coffee%'", "lama")
	h.expect("SELECT activity_type, activity_id, envelope IS NULL FROM activities ORDER BY 1", "bookmark 9 1", "favourite 9 1", "mention 5 0")
}

func indented(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	if !json.Valid([]byte(text)) {
		t.Fatal(text)
	}
	var v any
	_ = json.Unmarshal([]byte(text), &v) // it is valid
	e := json.NewEncoder(&b)
	e.SetIndent("", "    ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What can't be told is listed; what an account did with a post that is not there becomes a claim.
func TestRowsThatLeadNowhereAreNotLost(t *testing.T) {
	h := newHome(t)
	h.database("INSERT INTO posts (post_uri, json) VALUES ('"+uri+"1', 'no JSON'), ('"+uri+"2', '"+status("2", uri+"2", "")+"')",
		deed("ana@home.example", "favourite", 9), deed("ana@home.example", "favourite.parent", 9), deed("ana@home.example", "liked", 9))
	if tally := h.run(); tally.Refused != 3 || tally.Claims != 1 {
		t.Errorf("got %+v, refused %q", tally, h.refused)
	}
	h.expect("SELECT post_id FROM posts", "2")
	h.expect("SELECT account, base, name, url FROM claims", "ana@home.example favourite id:home.example/9 "+uri)
}

func TestAFolderWithoutLAMAsDatabaseIsRefused(t *testing.T) {
	if _, err := lama.Find(t.TempDir()); err == nil || !strings.Contains(err.Error(), "has no data/app.db") {
		t.Errorf("got %v", err)
	}
	h := newHome(t)
	h.file("app.db", "from long ago")
	if found, err := lama.Find(h.from); found != h.from || err != nil {
		t.Errorf("got %s (%v)", found, err)
	}
	if _, err := lama.Open(context.Background(), lama.Options{Dir: h.from}); err == nil || !strings.Contains(err.Error(), "app.db") {
		t.Errorf("got %v", err)
	}
}
