// Package verify checks that an archive is what it says of itself: its database is whole, every row that names
// another finds it, every post is found by what it says, every file that a row tells of is there with its content, and every file is told of by a row.
//
// It reads rows in pages, in the order of their keys, and folders in portions: its memory does not grow with the
// archive. Without [Verifier.Repair] it writes nothing. With it, it deletes no file either. What is lost is asked for
// again by the next run, and until that has brought it, the row goes on saying what should be there and a damaged
// file stays where it is: most of it may still be seen, and the server may no longer have it. JSON files are derived
// from rows, so they are written anew at once.
package verify

import (
	"context"

	"lama/archive"
	"lama/disk"
)

// Rows is the database of the archive that is verified.
type Rows interface {
	VerifySchema(ctx context.Context, quick, mend bool, found func(archive.Damage)) (usable bool, err error)
	VerifyReferences(ctx context.Context, accounts []archive.Account, mend bool, found func(archive.Damage)) error
	VerifyIndex(ctx context.Context, quick, mend bool, found func(archive.Damage)) error
	Holdings(ctx context.Context) (archive.Holdings, error)
	Files(ctx context.Context, after string, limit int) ([]archive.File, error)
	FilesAt(ctx context.Context, paths []string) (known []string, err error)
	KnownFile(ctx context.Context, sha256 string) (archive.File, bool, error)
	PendingFiles(ctx context.Context, after archive.Media, limit int) ([]archive.Media, error)
	Filed(ctx context.Context, after int64, limit int) ([]archive.Unwritten, error)
	Placed(ctx context.Context, after int64, limit int) ([]archive.Unwritten, error)

	Refetch(ctx context.Context, sums []string) (asking map[string]int, err error)
	Returned(ctx context.Context, sums []string) error
	Unwrite(ctx context.Context, ids []int64) error
}

// Verifier is what to verify, and how.
type Verifier struct {
	Rows     Rows
	Folder   *disk.Folder
	Accounts []archive.Account // that are configured: the JSON files of others are left as they were
	Quick    bool              // look for files and their sizes, and read none
	Repair   bool
	Rewrite  func(context.Context) error // writes the JSON files that are marked to be written; for Repair
	Own      []string                    // paths in the folder that are no part of what is archived, as the database's
	Legacy   bool                        // files of LAMA 1.x are in the folder: what no row tells of is theirs
	Found    func(archive.Damage)        // is told of each damage
	Progress func(Progress)              // is told how far it is, often; may be nil
}

// Progress is how far one of the steps is.
type Progress struct {
	Step            string
	Done, All       int64 // All is 0 where it is not known
	Bytes, AllBytes int64 // of media
}

// Tally is what was verified, and what came of it.
type Tally struct {
	Rows    int64 `json:"rows"`
	Files   int64 `json:"files"`      // of media
	Bytes   int64 `json:"bytes"`      // of these
	JSON    int64 `json:"json_files"` // of activities; some activities share one
	Legacy  int64 `json:"legacy_files"`
	Damaged int   `json:"damaged"` // mended ones included
	Mended  int   `json:"mended"`
	Partial bool  `json:"partial"` // the database is so damaged that nothing else could be looked at
}

// check is one run of a Verifier.
type check struct {
	*Verifier
	all      archive.Holdings
	tally    Tally
	accounts map[string]archive.Account
}

// Run verifies the archive. What is wrong with the archive is told as damage; an error is about the run.
func (v *Verifier) Run(ctx context.Context) (Tally, error) {
	c := check{Verifier: v, accounts: map[string]archive.Account{}}
	for _, a := range v.Accounts {
		c.accounts[a.Name()] = a
	}
	c.progress(Progress{Step: "the database"})
	usable, err := v.Rows.VerifySchema(ctx, v.Quick, v.Repair, c.found)
	if err != nil || !usable {
		c.tally.Partial = true
		return c.tally, err
	}
	for _, step := range []func(context.Context) error{c.references, c.index, c.media, c.json, c.strays} {
		if err := step(ctx); err != nil {
			return c.tally, err
		}
	}
	return c.tally, nil
}

// Strays only looks for files that no row tells of.
func (v *Verifier) Strays(ctx context.Context) error {
	c := check{Verifier: v}
	return c.strays(ctx)
}

func (c *check) references(ctx context.Context) (err error) {
	if c.all, err = c.Rows.Holdings(ctx); err != nil {
		return err
	}
	c.progress(Progress{Step: "rows", All: c.all.Rows})
	c.tally.Rows = c.all.Rows
	return c.Rows.VerifyReferences(ctx, c.Accounts, c.Repair, c.found)
}

func (c *check) index(ctx context.Context) error {
	c.progress(Progress{Step: "the search index"})
	return c.Rows.VerifyIndex(ctx, c.Quick, c.Repair, c.found)
}

func (c *check) found(d archive.Damage) {
	c.tally.Damaged++
	if d.Mended {
		c.tally.Mended++
	}
	c.Found(d)
}

func (c *check) progress(p Progress) {
	if c.Progress != nil {
		c.Progress(p)
	}
}
