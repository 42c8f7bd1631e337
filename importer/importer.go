// Package importer takes over what others have archived: it commits what a source yields in batches, as the answers of
// servers are committed, places the files and counts what came of it. All is keyed by the posts' URIs: an import that was
// interrupted, or is made again, goes on where there is something new.
package importer

import (
	"context"
	"hash/maphash"
	"slices"

	"lama/archive"
	"lama/disk"
	"lama/pipeline"
	"lama/stages"
)

// Archive is the archive that is imported into.
type Archive interface {
	stages.Keeper
	Compare(ctx context.Context, posts []archive.Post) (archive.Result, error)
	KnownFile(ctx context.Context, sha256 string) (archive.File, bool, error)
	Settled(ctx context.Context, attachments []archive.Fetched) (map[archive.Fetched]bool, error)
}

// Importer imports one source.
type Importer struct {
	Archive  Archive                 // nil in a dry run where there is none yet: all is new then
	Folder   *disk.Folder            // the data folder; may be nil in a dry run
	Recurse  stages.Recurse          // says whose media are wanted
	MaxBytes int64                   // of a media file; 0 is no limit
	Move     bool                    // remove the source's media once they are here
	Dry      bool                    // only say what would happen
	Refused  func(where, why string) // is told of what can't be read
	Progress func(Tally)             // is told of each batch and each file
}

// Tally counts what an import did, or would do.
type Tally struct {
	Items, All int64 // read, and to be read (0: not known)
	Posts      struct{ New, Known, Better int }
	Files      struct{ New, Known, Refused int } // media
	Bytes      int64                             // of the files that are new
	Claims     int                               // posts that are only named
	Refused    int                               // items, or parts of them, that could not be read
}

// batchItems and batchBytes bound what is committed at once.
const (
	batchItems = 500
	batchBytes = 16 << 20
)

// importing is one run of an importer.
type importing struct {
	Importer
	write  *stages.Write
	tally  Tally
	items  []Item
	bytes  int
	seen   map[uint64]struct{} // posts that were counted, by a hash of their URIs
	seed   maphash.Seed
	placed map[string]archive.File // in this batch, by content
	done   []string                // the source's files, which are here once this batch is committed
}

// Run imports all that a source has. What was committed before an error stays.
func (i Importer) Run(ctx context.Context, source Source) (Tally, error) {
	r := &importing{Importer: i, seen: map[uint64]struct{}{}, seed: maphash.MakeSeed(), placed: map[string]archive.File{}}
	r.tally.All = source.All()
	// What is imported may lie in the folder of the JSON files: they are written when all of it has been read, so that they
	// are not read with it.
	r.write = &stages.Write{Keeper: i.Archive, Folder: i.Folder, Committed: r.committed}
	for item, err := range source.Items(ctx) {
		if err != nil {
			return r.tally, err
		}
		if err := r.take(ctx, item); err != nil {
			return r.tally, err
		}
	}
	if err := r.flush(ctx); err != nil || i.Dry {
		return r.tally, err
	}
	return r.tally, pipeline.Derive(ctx, r.write)
}

// take adds an item to the batch.
func (r *importing) take(ctx context.Context, item Item) error {
	for _, why := range item.Refused {
		r.tally.Refused++
		r.refuse(item.Where, why)
	}
	r.tally.Items++
	r.tally.Claims += len(item.Claims)
	r.items = append(r.items, item)
	for _, p := range item.Posts {
		r.bytes += len(p.JSON) + len(p.Received)
	}
	if len(r.items) < batchItems && r.bytes < batchBytes {
		return nil
	}
	return r.flush(ctx)
}

func (r *importing) refuse(where, why string) {
	if r.Importer.Refused != nil {
		r.Importer.Refused(where, why)
	}
}

// flush commits the batch, or in a dry run compares it.
func (r *importing) flush(ctx context.Context) (err error) {
	if len(r.items) == 0 {
		return ctx.Err()
	}
	if r.Dry {
		err = r.foresee(ctx)
	} else {
		err = r.commit(ctx)
	}
	r.items, r.bytes, r.done = r.items[:0], 0, nil
	clear(r.placed)
	if err == nil {
		r.tell()
	}
	return err
}

func (r *importing) tell() {
	if r.Progress != nil {
		r.Progress(r.tally)
	}
}

func (r *importing) commit(ctx context.Context) error {
	if err := r.place(ctx); err != nil {
		return err
	}
	var batches []archive.Batch
	for _, item := range r.items {
		b, err := r.Recurse.Recurse(ctx, item.Batch)
		if err != nil {
			return err
		}
		batches = append(batches, b)
	}
	if _, err := r.write.Write(ctx, batches); err != nil {
		return err
	}
	return r.removeMoved()
}

// committed counts what a commit changed.
func (r *importing) committed(batches []archive.Batch, result archive.Result) {
	n := 0
	for _, b := range batches {
		n += len(r.unseen(b.Posts))
	}
	r.count(n, result)
}

func (r *importing) count(posts int, result archive.Result) {
	r.tally.Posts.New += result.New
	r.tally.Posts.Better += result.Better
	r.tally.Posts.Known += max(0, posts-result.New-result.Better-result.Dropped)
}

// unseen are the posts that were not counted before, one version of each.
func (r *importing) unseen(posts []archive.Post) []archive.Post {
	return slices.DeleteFunc(slices.Clone(posts), func(p archive.Post) bool {
		key := maphash.String(r.seed, p.URI)
		_, seen := r.seen[key]
		r.seen[key] = struct{}{}
		return seen
	})
}

// foresee counts what committing the batch would change.
func (r *importing) foresee(ctx context.Context) error {
	var posts []archive.Post
	for _, item := range r.items {
		posts = append(posts, r.unseen(item.Posts)...)
	}
	result := archive.Result{New: len(posts)}
	if r.Archive != nil {
		var err error
		if result, err = r.Archive.Compare(ctx, posts); err != nil {
			return err
		}
	}
	r.count(len(posts), result)
	return r.foreseeFiles(ctx)
}
