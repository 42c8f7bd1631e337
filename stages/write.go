package stages

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"runtime"
	"slices"
	"sync/atomic"

	"lama/archive"
	"lama/disk"
)

// Keeper is the database that the write stage commits to.
type Keeper interface {
	Commit(context.Context, []archive.Batch) (archive.Result, error)
	Unwritten(ctx context.Context, after int64, limit int) ([]archive.Unwritten, error)
	Written(ctx context.Context, written []archive.Unwritten) error
}

// Write persists batches: the folders of new media files, then the rows. The JSON files are derived from rows and come
// last, by Files.
type Write struct {
	Keeper Keeper
	Folder *disk.Folder
	// Committed is told of every commit; may be nil.
	Committed func([]archive.Batch, archive.Result)

	brought atomic.Bool // a commit has brought something since Derive was called
}

// Write commits batches in one transaction. An error is about the run: nothing of them was settled.
func (w *Write) Write(ctx context.Context, batches []archive.Batch) ([]archive.Settled, error) {
	if err := w.syncMedia(batches); err != nil {
		return nil, err
	}
	result, err := w.Keeper.Commit(ctx, batches)
	if err != nil {
		return nil, err
	}
	for _, path := range result.Spare {
		if err := w.Folder.Remove(path); err != nil {
			return nil, err
		}
	}
	if !result.Quiet {
		w.brought.Store(true)
	}
	if w.Committed != nil {
		w.Committed(batches, result)
	}
	return result.Settled, nil
}

func (w *Write) syncMedia(batches []archive.Batch) error {
	var paths []string
	for _, b := range batches {
		for _, f := range slices.Concat(b.Fetched, b.Placed) {
			paths = append(paths, f.File.Path)
		}
	}
	return w.Folder.Sync(paths...)
}

// jsonBatch is how many JSON files share a sync.
const jsonBatch = 500

// Derive is Files where a commit has brought something since it was called last. What an earlier run left is not for it.
func (w *Write) Derive(ctx context.Context) error {
	if !w.brought.Swap(false) {
		return nil
	}
	return w.Files(ctx)
}

// Files writes the JSON files that are missing, of all that is committed when it is called. It is for one caller at a time.
func (w *Write) Files(ctx context.Context) error {
	for after := int64(0); ; {
		batch, err := w.Keeper.Unwritten(ctx, after, jsonBatch)
		if err != nil || len(batch) == 0 {
			return err
		}
		if err := w.Folder.WriteAll(contents(batch)); err != nil {
			return err
		}
		if err := w.Keeper.Written(ctx, batch); err != nil {
			return err
		}
		if after = batch[len(batch)-1].ID; len(batch) < jsonBatch {
			return nil
		}
	}
}

// contents are the files of activities: the post as it came, or the notification around it. Whose they are need not be
// configured: an import may be of an account whose server is gone.
func contents(batch []archive.Unwritten) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, u := range batch {
			runtime.Gosched() // as package pipeline says
			if !yield(JSONFile(archive.Named(u.Activity.Account), u)) {
				return
			}
		}
	}
}

// JSONFile is the file of an account's activity: where it belongs, and the post, or the notification around it. The path
// does not depend on the post's JSON.
func JSONFile(account archive.Account, u archive.Unwritten) (path string, content []byte) {
	created, content := u.CreatedAt, u.JSON
	if len(u.Activity.Envelope) > 0 && u.Activity.Chain == archive.ChainNone {
		created, content = unfold(u)
	}
	return disk.JSONPath(account, disk.JSONFolder(u.Activity), u.Author, u.Activity.ID, created), indented(content)
}

// unfold puts a notification's post back into it. Its file goes by the notification's date.
func unfold(u archive.Unwritten) (created archive.Time, content []byte) {
	var notification struct {
		CreatedAt string `json:"created_at"`
	}
	if err := json.Unmarshal(u.Activity.Envelope, &notification); err != nil {
		return u.CreatedAt, u.JSON
	}
	content, _ = withStatus(u.Activity.Envelope, u.JSON)
	return archive.ParseTime(notification.CreatedAt), content
}

func indented(content []byte) []byte {
	var b bytes.Buffer
	if err := json.Indent(&b, content, "", "    "); err != nil {
		return content
	}
	b.WriteByte('\n')
	return b.Bytes()
}
