package export_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lama/archive"
	"lama/export"
)

var update = flag.Bool("update", false, "write the golden files anew")

// story commits a household of which each format can tell something: a conversation, a poll, a boost, a quote, files, and
// texts that are out for mischief.
func (f *fixture) story() {
	first := picture(status("zoe@far.example", "1", "public", map[string]any{
		"content": "<p>Tea in the garden</p>", "tags": []any{map[string]any{"name": "tea", "url": "https://far.example/tags/tea"}},
	}), "A heron, [standing]")
	first.Content, first.Hashtags, first.Language = "Tea in the garden", []string{"tea"}, "en"
	reply := status("ana@home.example", "2", "public", map[string]any{
		"content": `<p><a href="https://far.example/@zoe">@zoe</a> <em>No</em> <a href="https://far.example/x">link</a></p>`, "in_reply_to_id": "1",
		"mentions": []any{map[string]any{"acct": "zoe@far.example", "url": "https://far.example/@zoe"}}, "favourites_count": 3,
		"spoiler_text": "drinks", "created_at": "2026-01-02T10:00:00Z", "edited_at": "2026-01-02T11:00:00Z", "sensitive": true,
		"poll": map[string]any{
			"options":    []any{map[string]any{"title": "tea", "votes_count": 2}, map[string]any{"title": "coffee", "votes_count": 0}},
			"expires_at": "2026-01-03T10:00:00Z", "expired": true, "voters_count": 2, "own_votes": []any{0}},
	})
	reply.Content, reply.SpoilerText, reply.PollOptions = "@zoe No link", "drinks", []string{"tea", "coffee"}
	reply.EditedAt, reply.Links = archive.ParseTime("2026-01-02T11:00:00Z"), []archive.Link{{URL: "https://far.example/x", Text: "link"}}
	reply.References = []archive.Reference{{Chain: archive.ChainParent, Target: archive.IDName("home.example", "1")}}
	mischief := status("eve@evil.example", "3", "public", map[string]any{"created_at": "2026-01-03T10:00:00Z",
		"account": map[string]any{"acct": "eve@evil.example", "display_name": "# <b>Eve</b>"}})
	mischief.Content = "=HYPERLINK(\"https://evil.example\")\n# <script>alert(1)</script>"
	quoting := status("ana@home.example", "4", "unlisted", map[string]any{"created_at": "2026-01-04T10:00:00Z",
		"emojis": []any{map[string]any{"shortcode": "blob", "url": "https://home.example/blob.png"}},
		"media_attachments": []any{map[string]any{"id": "m4", "blurhash": "UTHCG",
			"url":  "https://home.example/system/media_attachments/files/109/365/original/a4283757f1d4098c.png",
			"meta": map[string]any{"original": map[string]any{"width": 3, "height": 2}}}}})
	quoting = picture(quoting, "a pond")
	quoting.References = []archive.Reference{{Chain: archive.ChainQuote, Target: archive.IDName("home.example", "3")}}
	boost := status("ana@home.example", "5", "public", map[string]any{"created_at": "2026-01-05T10:00:00Z"})
	boost.Reblog, boost.Content = first.URI, ""
	secret := status("ana@home.example", "6", "private", nil)
	f.commit(did(ana, archive.BaseReblog, first), did(ana, archive.BaseBookmark, mischief), did(ana, archive.BaseFavourite, first),
		did(ana, archive.BasePost, reply, quoting, boost, secret))
	f.download(first, "heron")
	f.download(quoting, "pond")
}

// What is written, to the byte.
func TestFormats(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.story()
		for _, format := range export.Formats {
			s := export.Selection{Visibilities: []string{"public", "unlisted"}, Accounts: []string{ana.Name()}}
			dir := filepath.Join(t.TempDir(), format)
			if _, err := f.run(t.Context(), s, format, dir); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", format+".golden"), files(t, dir))
		}
	})
}

// golden compares files with one that has them all.
func golden(t *testing.T, name string, got map[string]string) {
	t.Helper()
	var b strings.Builder
	for _, file := range slices.Sorted(maps.Keys(got)) {
		if !strings.HasPrefix(file, ".lama-export/") {
			b.WriteString("-- " + file + " --\n" + strings.TrimSuffix(strings.ReplaceAll(got[file], "\r\n", "␍\n"), "\n") + "\n")
		}
	}
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, name, b.String(), string(want))
}
