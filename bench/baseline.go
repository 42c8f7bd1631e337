package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lama/disk"
	"lama/store"
)

// Load describes a bulk load: what the archive must be compared with. The program that does it reads all of a finished
// archive into memory and writes it anew, as fast as a sensible program does; only the writing is timed.
type Load struct {
	Schema   string
	From, To Place
	Files    bool // the JSON files too
}

// Place is a database and the folder with the files.
type Place struct{ Database, Folder string }

// Loaded is what a load took, and what it wrote.
type Loaded struct {
	Took        time.Duration
	Rows, Files int
}

// The sizes of what is written at once. The files are those of package stages.
const (
	rowsPerTransaction = 1000
	filesPerSync       = 500
)

// load does what a description says, in a process of its own.
func load(ctx context.Context, description string, out io.Writer) error {
	var l Load
	if err := json.Unmarshal([]byte(description), &l); err != nil {
		return err
	}
	done, err := l.run(ctx)
	if err != nil {
		return fmt.Errorf("bulk load: %w", err)
	}
	return json.NewEncoder(out).Encode(done)
}

// loader reads the rows of a database, and writes them to another of the same schema.
type loader interface {
	read(ctx context.Context, database string) (rows int, err error)
	write(ctx context.Context, database string) error
}

func (l Load) run(ctx context.Context) (Loaded, error) {
	var rows loader = &sqliteLoader{}
	if strings.HasPrefix(l.From.Database, postgres) {
		rows = &postgresLoader{}
	}
	count, err := rows.read(ctx, l.From.Database)
	if err != nil {
		return Loaded{}, err
	}
	files := map[string][]byte{}
	if l.Files {
		if files, err = readFiles(l.From.Folder); err != nil {
			return Loaded{}, err
		}
	}
	empty, err := store.Open(ctx, store.Options{URL: l.To.Database, Schema: l.Schema}) // which makes the tables
	if err != nil {
		return Loaded{}, err
	}
	empty.Close()
	start := time.Now()
	err = rows.write(ctx, l.To.Database)
	if err == nil {
		err = writeFiles(l.To.Folder, files)
	}
	return Loaded{time.Since(start), count, len(files)}, err
}

// readFiles reads the JSON files of an archive, by their paths below the data folder.
func readFiles(folder string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(filepath.Join(folder, "json"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, errName := filepath.Rel(folder, path)
		text, errText := os.ReadFile(path)
		files[filepath.ToSlash(name)] = text
		return errors.Join(errName, errText)
	})
	return files, err
}

// writeFiles writes them as the archiver does.
func writeFiles(folder string, files map[string][]byte) error {
	if len(files) == 0 {
		return nil
	}
	f, err := disk.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	for names := range slices.Chunk(slices.Sorted(maps.Keys(files)), filesPerSync) {
		err := f.WriteAll(func(yield func(string, []byte) bool) {
			for _, name := range names {
				if !yield(name, files[name]) {
					return
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// bulkLoad lets the baseline load an archive into a fresh place and says what that took.
func (b *bench) bulkLoad(ctx context.Context, h *household, kind string, files bool) (done Loaded, err error) {
	dir, err := os.MkdirTemp(b.dir, "load-")
	if err != nil {
		return done, err
	}
	to := &household{dir: dir}
	if to.database, err = b.database(ctx, kind, dir); err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, b.drop(ctx, to)) }()
	if err := b.settle(ctx, to.database); err != nil {
		return done, err
	}
	description, err := json.Marshal(Load{b.schema, h.place(), to.place(), files})
	if err != nil {
		return done, err
	}
	cmd, err := b.self(ctx, roleLoader, string(description))
	if err != nil {
		return done, err
	}
	out, err := cmd.Output()
	if err != nil {
		return done, fmt.Errorf("bulk load: %w", err)
	}
	return done, json.Unmarshal(out, &done)
}

func (h *household) place() Place { return Place{h.database, filepath.Join(h.dir, "data")} }
