package permalink_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lama/permalink"
)

const (
	ulid  = "01HE7XJ1CG84TBKH5V9XKBVGF5"
	flake = "9vvOI4du3rkuhoX8wS"
	uuid  = "1234abcd-0000-4000-8000-00000000beef"
)

// posts are addresses of posts; local says that the id is one of the server's API.
var posts = []struct {
	url, id, software string
	local             bool
}{
	{"https://h.example/@ann/109", "109", "mastodon", true},
	{"http://h.example/@ann/1", "1", "mastodon", true},
	{"https://h.example/@ann_b.c-d/114739545367952761/", "114739545367952761", "mastodon", true},
	{"https://h.example/@ann/109?lang=de#x", "109", "mastodon", true},
	{"https://h.example/@ann@far.example/109", "109", "mastodon", true},
	{"https://h.example/statuses/109", "109", "mastodon", true},
	{"https://h.example/web/@ann/109", "109", "mastodon", true},
	{"https://h.example/web/@ann@far.example/109", "109", "mastodon", true},
	{"https://h.example/web/statuses/109", "109", "mastodon", true},
	{"https://h.example/deck/@ann/109", "109", "mastodon", true},
	{"https://h.example/users/ann/statuses/109", "109", "mastodon", true},
	{"https://h.example/users/ann/statuses/109/activity", "109", "mastodon", true},
	{"https://h.example/ap/users/117020565966271181/statuses/109", "109", "mastodon", true},
	{"https://h.example/updates/7", "7", "mastodon", false},
	{"https://h.example/@ann/statuses/" + ulid, ulid, "gotosocial", true},
	{"https://h.example/users/ann/statuses/" + ulid, ulid, "gotosocial", true},
	{"https://h.example/users/ann/statuses/AIZBU-x%3Aa%3A3126235633", "AIZBU-x%3Aa%3A3126235633", "flipboard", false},
	{"https://h.example/notice/" + flake, flake, "pleroma", true},
	{"https://h.example/notice/12", "12", "pleroma", true},
	{"https://h.example/@ann@far.example/posts/" + flake, flake, "pleroma", true},
	{"https://h.example/objects/" + uuid, uuid, "pleroma", false},
	{"https://h.example/activities/" + uuid, uuid, "pleroma", false},
	{"https://h.example/notes/9e12345678", "9e12345678", "misskey", true},
	{"https://h.example/notes/9abcdefghijk0001", "9abcdefghijk0001", "misskey", true},
	{"https://h.example/notes/64a1b2c3d4e5f60718293a4b", "64a1b2c3d4e5f60718293a4b", "misskey", true},
	{"https://h.example/notes/" + ulid, ulid, "misskey", true},
	{"https://h.example/p/ann/5433", "5433", "pixelfed", true},
	{"https://h.example/i/web/post/5433", "5433", "pixelfed", true},
	{"https://h.example/display/735a2029145f0b1c2d3e4f5061728394", "735a2029145f0b1c2d3e4f5061728394", "friendica",
		false},
	{"https://h.example/display/735a2029-1460-aabb-ccdd-eeff00112233", "735a2029-1460-aabb-ccdd-eeff00112233",
		"friendica", false},
	{"https://h.example/objects/735a2029-145f-0b1c-2d3e4f5061728394", "735a2029-145f-0b1c-2d3e4f5061728394",
		"friendica", false},
	{"https://h.example/post/77", "77", "lemmy", false},
	{"https://h.example/comment/78", "78", "lemmy", false},
	{"https://h.example/post/77/78", "78", "lemmy", false},
	{"https://h.example/w/9c9de5e8fQ2pXqnmYLpYxz", "9c9de5e8fQ2pXqnmYLpYxz", "peertube", false},
	{"https://h.example/w/" + uuid, uuid, "peertube", false},
	{"https://h.example/videos/watch/" + uuid, uuid, "peertube", false},
	{"https://h.example/videos/watch/" + uuid + "/comments/9", "9", "peertube", false},
	{"https://bsky.brid.gy/r/https://bsky.app/profile/did:plc:5sy/post/3lwlumd",
		"https://bsky.app/profile/did:plc:5sy/post/3lwlumd", "bridgy", false},
	{"https://bsky.brid.gy/convert/ap/at://did:plc:5sy/app.bsky.feed.post/3lwlumd",
		"at://did:plc:5sy/app.bsky.feed.post/3lwlumd", "bridgy", false},
	{"https://fed.brid.gy/r/https://ann.example/2024/hello", "https://ann.example/2024/hello", "bridgy", false},
	{"https://www.threads.net/@ann/post/C8abc_-1", "C8abc_-1", "threads", false},
	{"https://threads.com/@ann/post/C8abc_-1", "C8abc_-1", "threads", false},
	{"https://h.example/@ann/posts/173412", "173412", "takahe", true},
	{"https://h.example/@ann/posts/" + uuid, uuid, "castopod", false},
	{"https://h.example/@ann/" + uuid, uuid, "hollo", true},
	{"https://h.example/ap/note/" + uuid, uuid, "fedify", false},
	{"https://h.example/ann/p/1700000000.123456", "1700000000.123456", "snac", false},
	{"https://h.example/fediverse/post/" + uuid, uuid, "wafrn", false},
	{"https://h.example/user/ann/quotation/5", "5", "bookwyrm", false},
	{"https://h.example/o/0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef", "microblog.pub",
		false},
	{"https://h.example/m/cats/t/5", "5", "mbin", false},
	{"https://h.example/m/cats/p/5/a-slug", "5", "mbin", false},
}

func TestID(t *testing.T) {
	for _, tc := range posts {
		id, software, ok := permalink.ID(tc.url)
		if id != tc.id || software != tc.software || !ok {
			t.Errorf("ID(%q) = %q, %q, %v, want %q, %q", tc.url, id, software, ok, tc.id, tc.software)
		}
		if !permalink.Looks(tc.url) {
			t.Errorf("Looks(%q) = false", tc.url)
		}
	}
}

func TestStrangeURLs(t *testing.T) {
	for _, u := range []string{
		"", "x", "/@ann/109", "//h.example/@ann/109", "https:///@ann/109", "ftp://h.example/@ann/109",
		"tag:h.example,2017-04-14:objectId=1:objectType=Status", "mailto:ann@h.example", "javascript:/@ann/109",
		"https://h.example/", "https://h.example/@ann", "https://h.example/@ann/", "https://h.example/@ann@far.example",
		"https://h.example/@ann/123/embed", "https://h.example/@ann/123-slug", "https://h.example/@ann/123/456",
		"https://h.example/blog/@ann/123", "https://h.example/tags/123", "https://h.example/users/ann",
		"https://www.youtube.com/@channel/2024-in-review", "https://www.youtube.com/@channel/2024",
		"https://medium.com/@ann/123-slug", "https://ann.medium.com/@ann/123", "https://staff.tumblr.com/post/123",
		"https://twitter.com/statuses/123", "https://x.com/ann/status/123", "https://far.example/@ann/post/C8abc",
		"https://h.example/@ann/statuses/01HE7XJ1CG84TBKH5V9XKBVGFI", "https://h.example/notes/short",
		"https://h.example/objects/12", "https://h.example/post/a-slug", "https://h.example/videos/watch/5",
		"https://bsky.brid.gy/r/https://bsky.app/profile/ann.bsky.social",
		"https://far.example/r/https://bsky.app/profile/a/post/b",
		"https://fed.brid.gy/r/https://ann.example", "https://ann:secret@h.example/@ann/109",
		"https://h.example/?u=/@ann/109", "https://h.example/#/@ann/109", "https://h.example/%zz/@ann/1",
		"https://bsky.brid.gy.example/convert/ap/at://did:plc:5sy/app.bsky.feed.post/3lw",
	} {
		if id, software, ok := permalink.ID(u); ok {
			t.Errorf("ID(%q) = %q, %q, want none", u, id, software)
		}
	}
}

func TestLocalID(t *testing.T) {
	for _, tc := range posts {
		id, ok := permalink.LocalID(tc.url, "H.example")
		if ok != tc.local || ok && id != tc.id {
			t.Errorf("LocalID(%q) = %q, %v, want %v", tc.url, id, ok, tc.local)
		}
		if _, ok := permalink.LocalID(tc.url, "other.example"); ok {
			t.Errorf("LocalID(%q) is an id on another host", tc.url)
		}
	}
}

func TestLocalIDComparesPorts(t *testing.T) {
	for _, tc := range []struct {
		url, host string
		want      bool
	}{
		{"http://localhost:3000/@ann/1", "localhost:3000", true},
		{"http://localhost:3000/@ann/1", "localhost", false},
		{"https://h.example:443/@ann/1", "h.example", true},
		{"https://h.example/@ann/1", "h.example:443", true},
		{"http://h.example:80/@ann/1", "h.example", true},
		{"https://h.example:80/@ann/1", "h.example", false},
	} {
		if _, ok := permalink.LocalID(tc.url, tc.host); ok != tc.want {
			t.Errorf("LocalID(%q, %q) = %v, want %v", tc.url, tc.host, ok, tc.want)
		}
	}
}

func TestCanonical(t *testing.T) {
	for _, tc := range []struct{ url, want string }{
		{"https://h.example/@Ann/1", "https://h.example/@Ann/1"},
		{"HTTPS://H.Example:443/@Ann/1?b=2&a=1#comment", "https://h.example/@Ann/1?b=2&a=1"},
		{"http://h.example:80", "http://h.example"},
		{"http://h.example:443/", "http://h.example:443/"},
		{"https://H.example?q=Https://X", "https://h.example?q=Https://X"},
		{"https://bsky.brid.gy/r/https://bsky.app/profile/did:plc:5sy/post/3lw",
			"https://bsky.brid.gy/r/https://bsky.app/profile/did:plc:5sy/post/3lw"},
		{"tag:H.example,2017:objectId=1#x", "tag:H.example,2017:objectId=1#x"},
		{"at://did:plc:5SY/x#y", "at://did:plc:5SY/x#y"},
		{"", ""},
	} {
		if got := permalink.Canonical(tc.url); got != tc.want {
			t.Errorf("Canonical(%q) = %q, want %q", tc.url, got, tc.want)
		}
	}
}

// address draws what is nearly a URL.
func address(t *rapid.T) string {
	if rapid.Bool().Draw(t, "known") {
		u := rapid.SampledFrom(posts).Draw(t, "post").url
		cut := rapid.IntRange(0, len(u)).Draw(t, "cut")
		return u[:cut] + rapid.SampledFrom([]string{"", "/", "#", "%", "@", ":443", "?x"}).Draw(t, "odd") + u[cut:]
	}
	return rapid.String().Draw(t, "any")
}

func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := address(t)
		if id, ok := permalink.LocalID(u, "h.example"); ok && (!permalink.Looks(u) || id == "" || strings.Contains(id,
			"/")) {
			t.Fatalf("LocalID(%q) = %q, which does not look like a post's id", u, id)
		}
		name := permalink.Canonical(u)
		if again := permalink.Canonical(name); again != name {
			t.Fatalf("the canonical form of %q is %q, and of that %q", u, name, again)
		}
		if permalink.Looks(u) != permalink.Looks(name) {
			t.Fatalf("Looks(%q) is not Looks(%q)", u, name)
		}
	})
}

func BenchmarkLooks(b *testing.B) {
	for b.Loop() {
		permalink.Looks("https://news.example/2024/05/some-article-about-something")
	}
}
