package lama

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"lama/archive"
	"lama/importer"
)

// read makes posts and activities of what Python wrote of a status, or of a notification, as if an account had been
// shown it in a collection; an empty collection stands for a post that is there because of another.
func (s *Source) read(ctx context.Context, account string, c archive.Collection, text []byte) (b archive.Batch, err error) {
	if !json.Valid(text) {
		return b, errors.New("it is no JSON")
	}
	b, err = importer.Shown(ctx, s.views[account], c, text, archive.FromLAMA)
	if err == nil && len(b.Posts) == 0 {
		err = errors.New("it has no post")
	}
	return b, err
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
