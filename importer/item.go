package importer

import (
	"context"
	"iter"

	"lama/archive"
	"lama/stages"
)

// Source is an archive that is to be imported.
type Source interface {
	// Items yields what it has, in any order, and in bounded memory. An error ends the import; what can't be read of an
	// item is told in it.
	Items(ctx context.Context) iter.Seq2[Item, error]
	// All is how many items there are, for the progress; 0 where nobody knows.
	All() int64
}

// Item is what a source has in one place: a row or a file.
type Item struct {
	Where string // for people
	archive.Batch
	Files   []File
	Refused []string // what of it could not be read, and why
}

// File is a media file that a source has.
type File struct {
	PostURI string
	Source  string // of the attachment, as [archive.Attachment.Source] has it
	stages.Local
}

// attachment is the attachment of a file, of one of the item's posts.
func (i Item) attachment(f File) (m archive.Media, ok bool) {
	for _, p := range i.Posts {
		for _, a := range p.Media {
			if p.URI == f.PostURI && a.Source() == f.Source {
				return archive.Media{PostURI: p.URI, PostID: p.ID, Author: p.Author, CreatedAt: p.CreatedAt, Attachment: a}, true
			}
		}
	}
	return m, false
}
