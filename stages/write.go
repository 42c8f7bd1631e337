package stages

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"runtime"
	"slices"

	"lama/archive"
	"lama/disk"
)

// Keeper is the database that the write stage commits to.
type Keeper interface {
	Commit(context.Context, []archive.Batch) (archive.Result, error)
	Unwritten(ctx context.Context, after int64, limit int) ([]archive.Unwritten, error)
	Written(ctx context.Context, written []archive.Unwritten) error
}

// Write persists batches: the folders of new media files, then the rows. The JSON files are derived from rows.
type Write struct {
	Keeper Keeper
	Folder *disk.Folder
	// Committed is told of every commit; may be nil.
	Committed func([]archive.Batch, archive.Result)
}

// Write commits batches in one transaction. An error is about the run: nothing of them was settled.
func (w *Write) Write(ctx context.Context, batches []archive.Batch) (archive.Result, error) {
	if err := w.syncMedia(batches); err != nil {
		return archive.Result{}, err
	}
	result, err := w.Keeper.Commit(ctx, batches)
	if err != nil {
		return archive.Result{}, err
	}
	for _, path := range result.Spare {
		if err := w.Folder.Remove(path); err != nil {
			return archive.Result{}, err
		}
	}
	if w.Committed != nil {
		w.Committed(batches, result)
	}
	return result, nil
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

// Unwritten reads up to limit activities after the row of one whose JSON files are missing.
func (w *Write) Unwritten(ctx context.Context, after int64, limit int) ([]archive.Unwritten, error) {
	return w.Keeper.Unwritten(ctx, after, limit)
}

// WriteFiles writes the JSON files of activities, and returns when they are on the disk, and marked as written where they still
// show the newest version.
func (w *Write) WriteFiles(ctx context.Context, batch []archive.Unwritten) error {
	if err := w.Folder.WriteAll(contents(batch)); err != nil {
		return err
	}
	return w.Keeper.Written(ctx, batch)
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
