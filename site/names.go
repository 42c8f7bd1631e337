package site

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"lama/disk"
)

// Pages that there are once.
const (
	homePage   = "index.html"
	findPage   = "search.html"
	tagsPage   = "tags.html"
	statsPage  = "statistics.html"
	staticPath = "static/"
)

// spread is the folder of something: one of 256, so that none holds too much. hashed tells it from all others.
func spread(name string) (folder, hashed string) {
	sum := sha256.Sum256([]byte(name))
	hashed = hex.EncodeToString(sum[:10])
	return hashed[:2], hashed
}

// postPage is the file of a post, by its URI, which no migration and no other database changes.
func postPage(uri string) string {
	folder, hashed := spread(uri)
	return path.Join("post", folder, hashed+".html")
}

// listPage is a file of an author's or a tag's list; the first is 1.
func listPage(kind, name string, n int) string {
	folder, _ := spread(name)
	return fmt.Sprintf("%s/%s/%s/%d.html", kind, folder, disk.Name(name), n)
}

func authorPage(handle string, n int) string { return listPage("author", handleKey(handle), n) }
func tagPage(tag string, n int) string       { return listPage("tag", tagKey(tag), n) }

// handleKey and tagKey are by what authors and tags are told apart.
func handleKey(handle string) string { return strings.ToLower(handle) }
func tagKey(tag string) string       { return strings.ToLower(strings.TrimLeft(tag, "#")) }

// monthPage is a file of what was written in a month, as 2026-11, of the timeline or the media wall.
func monthPage(kind, month string, n int) string {
	return fmt.Sprintf("%s/%s/%d.html", kind, strings.ReplaceAll(month, "-", "/"), n)
}

// extensions are by what browsers tell on a disk what a file is. Whatever else there is, a drawing or a page, is nothing that
// they show.
var extensions = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp",
	"image/avif": ".avif", "image/apng": ".apng", "video/mp4": ".mp4", "video/webm": ".webm", "video/quicktime": ".mov",
	"video/ogg": ".ogv", "audio/mpeg": ".mp3", "audio/ogg": ".ogg", "audio/mp4": ".m4a", "audio/x-m4a": ".m4a", "audio/wav": ".wav",
	"audio/flac": ".flac", "audio/webm": ".weba", "audio/aac": ".aac"}

// mediaFile is the file of a content.
func mediaFile(sum, mime string) string {
	extension, ok := extensions[mime]
	if !ok {
		extension = ".bin"
	}
	return path.Join("media", sum[:2], sum+extension)
}

// rootOf is how a page says where the site begins.
func rootOf(name string) string { return strings.Repeat("../", strings.Count(name, "/")) }
