package lama

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"lama/archive"
	"lama/stages"
)

// read makes posts and activities of what Python wrote of a status, or of a notification, as if an account had been
// shown it in a collection; an empty collection stands for a post that is there because of another.
func (s *Source) read(ctx context.Context, account string, c archive.Collection, text []byte) (b archive.Batch, err error) {
	if !json.Valid(text) {
		return b, errors.New("it is no JSON")
	}
	var failed error
	n := stages.Normalizer{View: func(name string) stages.View { return s.views[name] },
		Malformed: func(_ string, _ []byte, err error) { failed = err }}
	task := archive.Task{Lane: archive.Lane{Kind: archive.TaskPosts, Owner: account}}
	if c != "" {
		task = archive.Task{Lane: archive.Lane{Kind: archive.TaskPage, Owner: account},
			Walk: &archive.Walk{Account: account, Collection: c}}
	}
	read, err := n.Normalize(ctx, archive.Page{Task: task, Statuses: []archive.Raw{{JSON: text}}})
	switch {
	case err != nil:
		return b, err
	case len(read.Posts) == 0 && failed == nil:
		return b, errors.New("it has no post")
	case len(read.Posts) == 0:
		return b, failed
	}
	for i := range read.Posts {
		read.Posts[i].Imported = archive.FromLAMA
	}
	return archive.Batch{Account: account, Posts: read.Posts, Activities: read.Activities}, nil
}

// compact is an indented JSON text as Python writes it on one line, which is how the database has the same: with a space
// after each comma and colon.
func compact(indented []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, indented); err != nil {
		return nil, err
	}
	out, quoted, escaped := make([]byte, 0, b.Len()+b.Len()/16), false, false
	for _, c := range b.Bytes() {
		out = append(out, c)
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = quoted
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ':'):
			out = append(out, ' ')
		}
	}
	return out, nil
}
