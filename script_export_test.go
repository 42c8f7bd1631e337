//go:build sqlite

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"lama/mastodon/mastodontest"
)

// takeout writes what a member's server gives them to take along: to a folder, or to a ZIP or a tar.gz by its name.
func takeout(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	files := s.member(ts, args[0]).Export()
	path := ts.MkAbs(args[1])
	var b bytes.Buffer
	switch {
	case strings.HasSuffix(path, ".zip"):
		w := zip.NewWriter(&b)
		for _, name := range slices.Sorted(maps.Keys(files)) {
			entry, err := w.Create(name)
			ts.Check(err)
			_, err = entry.Write(files[name])
			ts.Check(err)
		}
		ts.Check(w.Close())
	case strings.HasSuffix(path, ".tar.gz"):
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		for _, name := range slices.Backward(slices.Sorted(maps.Keys(files))) { // the media before the posts
			ts.Check(w.WriteHeader(&tar.Header{Name: name, Mode: 0o444, Size: int64(len(files[name]))}))
			_, err := w.Write(files[name])
			ts.Check(err)
		}
		ts.Check(w.Close())
		ts.Check(z.Close())
	default:
		for name, content := range files {
			file := filepath.Join(path, filepath.FromSlash(name))
			ts.Check(os.MkdirAll(filepath.Dir(file), 0o700))
			ts.Check(os.WriteFile(file, content, 0o600))
		}
		return
	}
	ts.Check(os.WriteFile(path, b.Bytes(), 0o600))
}

// unlisted takes a member out of prefs.json.
func unlisted(ts *testscript.TestScript, _ bool, args []string) {
	member := stageOf(ts).member(ts, args[0])
	path := ts.MkAbs("user/prefs.json")
	var prefs struct {
		Accounts []map[string]string `json:"accounts"`
		Prefs    json.RawMessage     `json:"prefs"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(path)), &prefs))
	prefs.Accounts = slices.DeleteFunc(prefs.Accounts, func(a map[string]string) bool {
		return a["username"] == member.User() && a["instance"] == member.Instance().BaseURL()
	})
	text, err := json.Marshal(prefs)
	ts.Check(err)
	ts.Check(os.WriteFile(path, text, 0o600))
}

// unfetched makes sure that no file of a member was asked for.
func unfetched(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	member := s.member(ts, args[0])
	for name := range member.Export() {
		if asked := s.world.Log().On(member.Instance().Host()).To("/system/" + name); len(asked) > 0 {
			ts.Fatalf("%s was asked for %d times", name, len(asked))
		}
	}
}

// unliked deletes the first post that a member has liked.
func unliked(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	var likes struct{ OrderedItems []string }
	ts.Check(json.Unmarshal(s.member(ts, args[0]).Export()["likes.json"], &likes))
	s.world.Find(likes.OrderedItems[0]).Delete()
}

// archived writes what mastodon-archive makes of a member: NAME.json with the answers of the API, and the folder NAME with
// the media.
func archived(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	member := s.member(ts, args[0])
	all := map[string]json.RawMessage{}
	all["account"] = s.api(ts, member, "/api/v1/accounts/verify_credentials")
	var me struct{ ID string }
	ts.Check(json.Unmarshal(all["account"], &me))
	all["statuses"] = s.api(ts, member, "/api/v1/accounts/"+me.ID+"/statuses?limit=40")
	all["favourites"] = s.api(ts, member, "/api/v1/favourites?limit=40")
	all["bookmarks"] = s.api(ts, member, "/api/v1/bookmarks?limit=40")
	var told []struct{ Status json.RawMessage }
	ts.Check(json.Unmarshal(s.api(ts, member, "/api/v1/notifications?types[]=mention"), &told))
	mentions := []json.RawMessage{}
	for _, n := range told {
		mentions = append(mentions, n.Status)
	}
	text, err := json.Marshal(mentions)
	ts.Check(err)
	all["mentions"] = text
	text, err = json.MarshalIndent(all, "", "  ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]+".json"), text, 0o600))
	for name, content := range member.Export() {
		file := filepath.Join(ts.MkAbs(args[1]), "system", filepath.FromSlash(name))
		ts.Check(os.MkdirAll(filepath.Dir(file), 0o700))
		ts.Check(os.WriteFile(file, content, 0o600))
	}
}

// api is an answer to a member of their server.
func (s *stage) api(ts *testscript.TestScript, p *mastodontest.Person, path string) json.RawMessage {
	r, err := http.NewRequest(http.MethodGet, p.Instance().BaseURL()+path, nil)
	ts.Check(err)
	r.Header.Set("Authorization", "Bearer "+p.Token())
	r.Header.Set("User-Agent", "test")
	answer, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	return body
}
