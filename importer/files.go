package importer

import (
	"context"
	"errors"
	"os"

	"lama/archive"
	"lama/disk"
	"lama/stages"
)

// place puts the batch's files into the data folder. What is no file of its attachment is refused, and a file that can't
// be read is told; the attachment is then asked for as any other.
func (r *importing) place(ctx context.Context) error {
	settled, err := r.settled(ctx)
	if err != nil {
		return err
	}
	for n := range r.items {
		item := &r.items[n]
		for _, f := range item.Files {
			if settled[archive.Fetched{PostURI: f.PostURI, Source: f.Source}] && !r.Move {
				r.tally.Files.Known++
				continue
			}
			if err := r.placeOne(ctx, item, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// settled says which attachments have their files already.
func (r *importing) settled(ctx context.Context) (map[archive.Fetched]bool, error) {
	var asked []archive.Fetched
	for _, item := range r.items {
		for _, f := range item.Files {
			asked = append(asked, archive.Fetched{PostURI: f.PostURI, Source: f.Source})
		}
	}
	if len(asked) == 0 || r.Archive == nil {
		return nil, nil
	}
	return r.Archive.Settled(ctx, asked)
}

func (r *importing) placeOne(ctx context.Context, item *Item, f File) error {
	m, ok := item.attachment(f)
	if !ok {
		r.tally.Files.Refused++
		r.refuse(item.Where, "a file of no attachment of the post: "+f.Source)
		return nil
	}
	known := false
	media := stages.Media{Folder: r.Folder, MaxBytes: r.MaxBytes, Known: func(ctx context.Context, sum string) (archive.File, bool, error) {
		file, has := r.placed[sum]
		var err error
		if !has {
			file, has, err = r.Archive.KnownFile(ctx, sum)
		}
		known = known || has
		return file, has, err
	}}
	file, err := media.Take(ctx, m, f.Local)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		r.placedOne(item, f, file, known)
		r.tell()
		return nil
	case ofTheSource(err):
		r.tally.Files.Refused++
		r.refuse(item.Where, "the file for "+f.Source+": "+err.Error())
		return nil
	}
	return err
}

// ofTheSource says whether a file could not be read where it was, or is not what it should be; all else is about our own
// disk or database.
func ofTheSource(err error) bool {
	var refused *stages.Refused
	var ours *disk.Error
	var path *os.PathError
	return errors.As(err, &refused) || !errors.As(err, &ours) && errors.As(err, &path)
}

func (r *importing) placedOne(item *Item, f File, file archive.File, known bool) {
	if known {
		r.tally.Files.Known++
	} else {
		r.tally.Files.New++
		r.tally.Bytes += file.Size
	}
	r.placed[file.SHA256] = file
	item.Placed = append(item.Placed, archive.Fetched{PostURI: f.PostURI, Source: f.Source, File: file})
	if f.Path != "" {
		r.done = append(r.done, f.Path)
	}
}

// removeMoved removes the source's files that are here now, unless they lie in the data folder.
func (r *importing) removeMoved() error {
	if !r.Move {
		return nil
	}
	for _, path := range r.done {
		if _, inside := r.Folder.Inside(path); inside {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// foreseeFiles counts the batch's files, and reads none.
func (r *importing) foreseeFiles(ctx context.Context) error {
	settled, err := r.settled(ctx)
	if err != nil {
		return err
	}
	for _, item := range r.items {
		for _, f := range item.Files {
			if settled[archive.Fetched{PostURI: f.PostURI, Source: f.Source}] {
				r.tally.Files.Known++
				continue
			}
			r.tally.Files.New++
			if info, err := os.Stat(f.Path); err == nil {
				r.tally.Bytes += info.Size()
			}
		}
	}
	return nil
}
