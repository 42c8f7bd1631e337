//go:build sqlite

// Package lamatest archives accounts as LAMA 1.1.0 (8328d47) did, for tests: its tables, its rows, its way of following
// parents and links, its files, and what Python made of the JSON.
package lamatest

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	_ "modernc.org/sqlite" // as LAMA's database is
)

// Account is an account whose token is known.
type Account struct{ Name, BaseURL, Token string } // user@host

func (a Account) safe() string {
	user, host, _ := strings.Cut(a.Name, "@")
	return alnum(user) + "_" + alnum(host)
}

const schema = `
CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, post_uri TEXT UNIQUE NOT NULL, post_id INTEGER NOT NULL, author TEXT,
    visibility TEXT, content TEXT, hashtags TEXT, mentions TEXT, links TEXT, attachments TEXT, poll_options TEXT, reblog TEXT,
    created_at TEXT, edited_at TEXT, fetched_at TEXT NOT NULL DEFAULT (datetime('now','localtime')), json TEXT NOT NULL, note TEXT DEFAULT "");
CREATE TABLE activities (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, post_uri TEXT NOT NULL, activity_type TEXT NOT NULL,
    activity_id INTEGER NOT NULL, archived_at TEXT NOT NULL DEFAULT (datetime('now','localtime')),
    FOREIGN KEY (post_uri) REFERENCES posts(post_uri), UNIQUE(account, post_uri, activity_type, activity_id));
CREATE TABLE states (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, UNIQUE(account, name));
INSERT INTO states (account, name, value) VALUES ('LAMA', 'app_version', '1.1.0');`

// lama is one run of LAMA 1.1.
type lama struct {
	ctx context.Context
	dir string
	db  *sql.DB
}

// Archive runs LAMA over accounts, into dir, which LAMA calls user_dir.
func Archive(ctx context.Context, dir string, accounts ...Account) error {
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "data", "app.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return err
	}
	l := lama{ctx, dir, db}
	for _, a := range accounts {
		if err := l.fetchAll(a); err != nil {
			return fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	return db.Close()
}

func (l lama) fetchAll(a Account) error {
	me, _, err := l.get(a, "/api/v1/accounts/verify_credentials")
	if err != nil {
		return err
	}
	id := me.(object).text("id")
	for _, c := range []struct{ kind, path string }{
		{"post", "/api/v1/accounts/" + id + "/statuses?limit=25&min_id=0"},
		{"favourite", "/api/v1/favourites?limit=25&min_id=0"},
		{"bookmark", "/api/v1/bookmarks?limit=25&min_id=0"},
		{"mention", "/api/v1/notifications?limit=25&types[]=mention&min_id=0"},
		{"poll", "/api/v1/notifications?limit=25&types[]=poll&min_id=0"},
	} {
		if err := l.fetch(a, c.kind, c.path); err != nil {
			return fmt.Errorf("%s: %w", c.kind, err)
		}
	}
	return nil
}

// fetch reads a collection upwards.
func (l lama) fetch(a Account, kind, address string) error {
	for address != "" {
		page, prev, err := l.get(a, address)
		if err != nil {
			return err
		}
		items, _ := page.([]any)
		if len(items) == 0 {
			break
		}
		for _, item := range items {
			item := item.(object)
			if (kind == "mention" || kind == "poll") && item.object("status") == nil {
				continue
			}
			if err := l.saveFetched(a, item, kind); err != nil {
				return err
			}
		}
		address = prev
	}
	if kind != "favourite" && kind != "bookmark" {
		return nil
	}
	_, err := l.db.ExecContext(l.ctx, "INSERT INTO states (account, name, value) VALUES (?, ?, '1')", a.Name, kind+"s_pagination_prev")
	return err
}

var prevLink = regexp.MustCompile(`<([^>]+)>; rel="prev"`)

func (l lama) get(a Account, address string) (answer any, prev string, err error) {
	if !strings.Contains(address, "://") {
		address = a.BaseURL + address
	}
	body, header, err := l.download(address, a.Token)
	if err != nil {
		return nil, "", err
	}
	if m := prevLink.FindStringSubmatch(header.Get("Link")); m != nil {
		prev = m[1]
	}
	answer, err = parse(body)
	return answer, prev, err
}

func (l lama) download(address, token string) ([]byte, http.Header, error) {
	request, err := http.NewRequestWithContext(l.ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("HTTP %s", response.Status)
	}
	body, err := io.ReadAll(response.Body)
	return body, response.Header, err
}

func (l lama) saveFetched(a Account, data object, kind string) error {
	if kind != "reblog" {
		if err := l.saveJSON(a, data, kind); err != nil {
			return err
		}
	}
	return l.saveStatus(a, data, kind)
}

func (l lama) saveJSON(a Account, data object, kind string) error {
	for _, chain := range []string{"parent", "link"} {
		if strings.Contains(kind, "."+chain) {
			kind = chain
		}
	}
	created := data.text("created_at")
	author := alnum(last(data.object("account").text("url"))) + "_" + alnum(host(data.object("account").text("url")))
	return write(filepath.Join(l.dir, "data", "json", a.safe(), kind+"s", created[:4], created[5:7], author+"_"+data.text("id")+".json"),
		[]byte(dumps(data, true)))
}

func write(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

// saveStatus is db.save_status.
func (l lama) saveStatus(a Account, data object, kind string) error {
	status := data
	if kind == "mention" || kind == "poll" {
		status = data.object("status")
	}
	var edited sql.NullString
	err := l.db.QueryRowContext(l.ctx, "SELECT edited_at FROM posts WHERE post_uri = ?", status.text("uri")).Scan(&edited)
	if err != nil && err != sql.ErrNoRows {
		return err
	}
	save := err != nil || edited.String != status.text("edited_at")
	links := linksOf(status.text("content"))
	if save {
		if err := l.savePost(a, status, links); err != nil {
			return err
		}
	}
	_, err = l.db.ExecContext(l.ctx, `INSERT INTO activities (account, post_uri, activity_type, activity_id) SELECT ?1, ?2, ?3, ?4
WHERE NOT EXISTS (SELECT 1 FROM activities WHERE account = ?1 AND post_uri = ?2 AND activity_type = ?3)`,
		a.Name, status.text("uri"), kind, data.text("id"))
	if err != nil || !save {
		return err
	}
	return l.follow(a, status, kind, links)
}

func (l lama) savePost(a Account, status object, links []string) error {
	var reblog any
	if target := status.object("reblog"); target != nil {
		reblog = target.text("uri")
		if err := l.saveFetched(a, target, "reblog"); err != nil {
			return err
		}
	}
	attachments, err := l.saveAttachments(status)
	if err != nil {
		return err
	}
	var shown []any
	for _, link := range links {
		shown = append(shown, object{{"url", link}, {"text", ""}, {"mastodon", int(0)}})
	}
	author := last(status.object("account").text("url")) + "@" + host(status.object("account").text("url"))
	_, err = l.db.ExecContext(l.ctx, `INSERT OR REPLACE INTO posts (post_uri, post_id, author, visibility, content, links, attachments,
reblog, created_at, edited_at, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, status.text("uri"), status.text("id"), author,
		status.get("visibility"), tags.ReplaceAllString(status.text("content"), ""), orNull(shown), orNull(attachments), reblog,
		status.get("created_at"), status.get("edited_at"), dumps(status, false))
	return err
}

func orNull(all []any) any {
	if len(all) == 0 {
		return nil
	}
	return dumps(all, false)
}

// saveAttachments is save.save_attachments: [[path, or the errors as a list, alt]].
func (l lama) saveAttachments(status object) (all []any, err error) {
	for i, attachment := range status.list("media_attachments") {
		account := status.object("account")
		author, created := alnum(last(account.text("uri"))), status.text("created_at")
		file := path.Join("media", alnum(host(status.text("uri"))), author, created[:4], created[5:7],
			fmt.Sprintf("%s_%s_%02d", author, status.text("id"), i))
		shown, failed := "", []any{}
		for _, name := range []string{"url", "remote_url"} {
			address := attachment.text(name)
			if address == "" {
				continue
			}
			body, _, err := l.download(address, "")
			if err != nil {
				failed = append(failed, err.Error())
				continue
			}
			shown = file + ".png"
			if err := write(filepath.Join(l.dir, "data", shown), body); err != nil {
				return nil, err
			}
			break
		}
		if shown == "" {
			shown = dumps(failed, false)
		}
		all = append(all, []any{shown, attachment.text("description")})
	}
	return all, nil
}

// follow fetches parents and links, each chain by itself.
func (l lama) follow(a Account, status object, kind string, links []string) error {
	if parent := status.text("in_reply_to_id"); parent != "" && !strings.Contains(kind, ".link") {
		if found, _, err := l.get(a, "/api/v1/statuses/"+parent); err == nil { // what can't be had is only logged
			if err := l.saveFetched(a, found.(object), further(kind, "parent")); err != nil {
				return err
			}
		}
	}
	if strings.Contains(kind, ".parent") {
		return nil
	}
	for _, link := range links {
		if !postLink.MatchString(link) {
			continue
		}
		found, _, err := l.get(a, "/api/v2/search?type=statuses&q="+url.QueryEscape(link))
		if err != nil {
			continue
		}
		if statuses := found.(object).list("statuses"); len(statuses) > 0 {
			if err := l.saveFetched(a, statuses[0], further(kind, "link")); err != nil {
				return err
			}
		}
	}
	return nil
}

// further is the kind of activity one hop on: X.parent, X.parent#2, X.parent#3.
func further(kind, chain string) string {
	base, hops, found := strings.Cut(kind, "."+chain)
	n := 1
	switch {
	case !found:
		return kind + "." + chain
	case hops != "":
		_, _ = fmt.Sscanf(hops, "#%d", &n) // as it was written here
	}
	return fmt.Sprintf("%s.%s#%d", base, chain, n+1)
}

var (
	tags     = regexp.MustCompile(`<[^>]*>`)
	anchors  = regexp.MustCompile(`<a [^>]*>`)
	href     = regexp.MustCompile(`href="([^"]*)"`)
	postLink = regexp.MustCompile(`^https?://[^/]+/(@[^/]+/\d+|users/[^/]+/statuses/\d+|web/statuses/\d+)`)
	notAlnum = regexp.MustCompile(`[^0-9A-Za-z]`)
)

func linksOf(content string) (links []string) {
	for _, a := range anchors.FindAllString(content, -1) {
		if m := href.FindStringSubmatch(a); m != nil && !strings.Contains(a, "mention") && !strings.Contains(a, "hashtag") {
			links = append(links, m[1])
		}
	}
	return links
}

func alnum(s string) string { return notAlnum.ReplaceAllString(s, "") }

func last(address string) string { return strings.TrimPrefix(path.Base(address), "@") }

func host(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}
