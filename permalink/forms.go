package permalink

import "regexp"

// form is one way in which a server writes the address of a post (mastodon-api.md §4).
type form struct {
	software string
	path     *regexp.Regexp // of the whole path; its first group is the id
	api      bool           // the id is the one that the server's API knows
	site     string         // the only host (or its subdomains) that uses it, where others mean something else by it
}

// The kinds of id.
const (
	digits = `\d{1,20}`
	ulid   = `[0-7][0-9A-HJKMNP-TV-Z]{25}`
	flake  = `[0-9A-Za-z]{18}`
	uuid   = `[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}`
	// Misskey's, by the server's configuration: aid, aidx, meid and ObjectID, ulid.
	misskey = `[0-9a-z]{10}|[0-9a-z]{16}|[0-9a-f]{24,25}|[0-9A-Za-z]{26}`
	user    = `[^/@]+`
	remote  = `[^/@]+(?:@[^/@]+)?` // a local view of somebody else's post
)

// forms are tried in order; the first that fits names the software.
var forms = []form{
	{software: "mastodon", api: true, path: whole(`/(?:web/|deck/)?@` + remote + `/(` + digits + `)`)},
	{software: "mastodon", api: true, path: whole(`/(?:web/|deck/)?statuses/(` + digits + `)`)},
	{software: "mastodon", api: true, path: whole(`/users/` + user + `/statuses/(` + digits + `)(?:/activity)?`)},
	{software: "mastodon", api: true, path: whole(`/ap/users/\d+/statuses/(` + digits + `)(?:/activity)?`)},
	{software: "mastodon", path: whole(`/updates/(\d+)`)}, // of OStatus; the number is not the status's
	{software: "gotosocial", api: true, path: whole(`/@` + user + `/statuses/(` + ulid + `)`)},
	{software: "gotosocial", api: true, path: whole(`/users/` + user + `/statuses/(` + ulid + `)`)},
	{software: "flipboard", path: whole(`/users/` + user + `/statuses/([^/]+)`)},
	{software: "pleroma", api: true, path: whole(`/notice/(` + flake + `|` + digits + `)`)},
	{software: "pleroma", api: true, path: whole(`/@` + remote + `/posts/(` + flake + `)`)}, // Soapbox's view
	{software: "pleroma", path: whole(`/(?:objects|activities)/(` + uuid + `)`)},
	{software: "misskey", api: true, path: whole(`/notes/(` + misskey + `)`)},
	{software: "pixelfed", api: true, path: whole(`/p/` + user + `/(` + digits + `)`)},
	{software: "pixelfed", api: true, path: whole(`/i/web/post/(` + digits + `)`)},
	{software: "friendica", path: whole(`/display/([0-9a-f]{32}|[0-9a-f-]{36,40})`)},
	{software: "friendica", path: whole(`/objects/([0-9a-f-]{32,40})`)},
	{software: "lemmy", path: whole(`/(?:post|comment)/(\d+)`)},
	{software: "lemmy", path: whole(`/post/\d+/(\d+)`)}, // a comment below its post
	{software: "peertube", path: whole(`/w/([1-9A-HJ-NP-Za-km-z]{22})`)},
	{software: "peertube", path: whole(`/(?:videos/watch|w)/(` + uuid + `)`)},
	{software: "peertube", path: whole(`/videos/watch/` + uuid + `/comments/(\d+)`)},
	{software: "bridgy", site: "brid.gy", path: whole(`/convert/ap/(at:/{1,2}did:[^/]+/app\.bsky\.feed\.post/[^/]+)`)},
	{software: "bridgy", site: "brid.gy", path: whole(`/r/(https?:/{1,2}bsky\.app/profile/[^/]+/post/[^/]+)`)},
	{software: "bridgy", site: "fed.brid.gy", path: whole(`/r/(https?:/{1,2}[^/]+/.+)`)},
	{software: "threads", site: "threads.net", path: whole(`/@` + user + `/post/([\w-]+)`)},
	{software: "threads", site: "threads.com", path: whole(`/@` + user + `/post/([\w-]+)`)},
	{software: "takahe", api: true, path: whole(`/@` + user + `/posts/(` + digits + `)`)},
	{software: "castopod", path: whole(`/@` + user + `/posts/(` + uuid + `)`)},
	{software: "hollo", api: true, path: whole(`/@` + user + `/(` + uuid + `)`)},
	{software: "fedify", path: whole(`/ap/note/(` + uuid + `)`)},
	{software: "snac", path: whole(`/` + user + `/p/(\d+\.\d+)`)},
	{software: "wafrn", path: whole(`/fediverse/post/(` + uuid + `)`)},
	{software: "bookwyrm", path: whole(`/user/` + user + `/(?:comment|review|quotation)/(\d+)`)},
	{software: "microblog.pub", path: whole(`/o/([0-9a-f]{32})`)},
	{software: "mbin", path: whole(`/m/` + user + `/[tp]/(\d+)(?:/[^/]*)?`)},
}

// strangers are large sites of other kinds that write addresses in one of these forms.
var strangers = []string{"youtube.com", "medium.com", "tumblr.com", "twitter.com", "x.com"}

func whole(path string) *regexp.Regexp { return regexp.MustCompile(`^` + path + `$`) }
