package export

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"
)

// attached is how Mastodon lays its media out: the digits of the id in folders of three.
var attached = regexp.MustCompile(`^media_attachments/files/((?:\d+/)+)original/`)

// medium is an attachment in the shape of the API. An export gives its address without the host; where the server keeps
// its media itself, which the missing slash tells, the address is known all the same. Elsewhere the id, which stands in
// the path, is all that the attachment can be known by, until the server is asked.
func (a actor) medium(o gjson.Result) medium {
	path := address(o)
	m := medium{
		ID:          mediaID(path),
		Type:        mediaType(o, path),
		Description: or(text(o.Get("name"))),
		Blurhash:    or(text(o.Get("blurhash"))),
		Meta:        metaOf(o),
	}
	switch key := mediaKey(path); {
	case hostOf(path) != "":
		m.URL = &path
	case key == path && strings.HasPrefix(key, "media_attachments/") && a.uri != "":
		scheme, _, _ := strings.Cut(a.uri, "://")
		m.URL = or((&url.URL{Scheme: scheme, Host: a.host, Path: "/system/" + key}).String())
	}
	return m
}

// mediaID is the id of an attachment, or its path where that has none.
func mediaID(address string) string {
	if parts := attached.FindStringSubmatch(mediaKey(address)); parts != nil {
		return strings.ReplaceAll(parts[1], "/", "")
	}
	return address
}

// mediaType is the type of an attachment by its MIME type, else by its name. Whether a film has sound is not known.
func mediaType(o gjson.Result, address string) string {
	kind, _, _ := strings.Cut(text(o.Get("mediaType")), "/")
	switch kind {
	case "image", "video", "audio":
		return kind
	}
	switch strings.ToLower(path.Ext(address)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic":
		return "image"
	case ".mp4", ".webm", ".mov", ".m4v":
		return "video"
	case ".mp3", ".ogg", ".oga", ".wav", ".flac", ".opus", ".aac", ".m4a":
		return "audio"
	}
	return cmp.Or(map[bool]string{true: "image"}[is(o, "Image")], "unknown")
}

func metaOf(o gjson.Result) *meta {
	var m meta
	if w, h := o.Get("width").Int(), o.Get("height").Int(); w > 0 && h > 0 {
		m.Original = &size{w, h}
	}
	if point := o.Get("focalPoint").Array(); len(point) == 2 {
		m.Focus = &focus{point[0].Float(), point[1].Float()}
	}
	if m == (meta{}) {
		return nil
	}
	return &m
}
