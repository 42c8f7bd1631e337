package lama

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"lama/archive"
	"lama/importer"
	"lama/stages"
)

// addFiles adds the media files of a row: [[path, alt]], in the order of the post's. Where LAMA had no file it noted the
// errors in place of the path, as a list: such a file is asked for again.
func (s *Source) addFiles(item *importer.Item, attachments string) {
	var all [][]any
	if json.Unmarshal([]byte(attachments), &all) != nil {
		return
	}
	for position, one := range all {
		if len(one) == 0 {
			continue
		}
		path, _ := one[0].(string)
		path = filepath.FromSlash(strings.ReplaceAll(path, `\`, "/"))
		if !strings.HasPrefix(path, "media") || !filepath.IsLocal(path) {
			continue
		}
		if post, source, ok := at(item.Posts, position); ok {
			item.Files = append(item.Files, importer.File{PostURI: post, Source: source,
				Local: stages.Local{Path: filepath.Join(s.Dir, "data", path)}})
		}
	}
}

// at is the attachment at a position of a row's post; a boost's is often its target's.
func at(posts []archive.Post, position int) (post, source string, ok bool) {
	for i, p := range posts {
		if i > 0 && posts[0].Reblog != p.URI {
			break
		}
		for _, a := range p.Media {
			if a.Position == position {
				return p.URI, a.Source(), true
			}
		}
	}
	return "", "", false
}
