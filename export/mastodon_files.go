package export

import (
	"context"
	"errors"
	"path"
	"regexp"

	"github.com/tidwall/gjson"

	"lama/store"
)

// files copies the files of a post, and says where each is; empty where it can't be had.
func (m *mastodon) files(ctx context.Context, p Post) ([]string, error) {
	paths := make([]string, len(p.Seen.Files))
	for i, f := range p.Seen.Files {
		if f.SHA256 == "" {
			continue
		}
		said := entity(gjson.ParseBytes(p.JSON), f, i)
		var err error
		if paths[i], err = m.file(ctx, f, said.Get("url").String()); err != nil {
			return nil, err
		}
	}
	return paths, nil
}

// file copies a file of which its server has given the address.
func (m *mastodon) file(ctx context.Context, f store.SeenFile, address string) (string, error) {
	found, err := m.media.Find(ctx, f.SHA256)
	if err != nil || found == nil {
		return "", err
	}
	name := mastodonsName(address)
	if content, taken := m.copied[name]; name == "" || taken && content != f.SHA256 {
		name = path.Join("media_attachments/files", found.Name)
	}
	if m.copied[name] == f.SHA256 {
		return "/" + name, nil
	}
	err = m.sink.copy(ctx, m.media, name, found)
	if gone := (*Lost)(nil); errors.As(err, &gone) {
		m.lost(gone)
		return "", nil
	}
	m.copied[name] = f.SHA256
	return "/" + name, err
}

// mastodons is how Mastodon's addresses of files end. They have the file's id, by which an import and the server's own answers
// find together.
var mastodons = regexp.MustCompile(`/(media_attachments/files/(?:\d{1,20}/){1,8}original/[a-z0-9]{1,64}\.[a-z0-9]{1,8})(?:\?\d*)?$`)

// mastodonsName is the name of a file in Mastodon's own export, by its address; empty where that is not of Mastodon's making.
func mastodonsName(address string) string {
	if found := mastodons.FindStringSubmatch(address); found != nil {
		return found[1]
	}
	return ""
}
