package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"path"
	"strings"

	"lama/archive"
	"lama/disk"
	"lama/stages"
	"lama/store"
	"lama/verify"
)

// How many rows are read at once.
const (
	mediaPage = 200
	jsonPage  = 200
)

// mirror makes the files in a data folder those that rows name.
type mirror struct {
	*Job
	rows   *store.Store
	before *store.Store // of what was in the folder; nil where nothing says that
	from   *disk.Folder
	to     *disk.Folder
	dry    bool // only count
	tally  Tally
}

// media adds the media files that are not there yet.
func (m *mirror) media(ctx context.Context) error {
	all, err := m.rows.Holdings(ctx)
	if err != nil {
		return err
	}
	for after := ""; ; {
		files, err := m.rows.Files(ctx, after, mediaPage)
		if err != nil || len(files) == 0 {
			return err
		}
		var added []string
		for _, f := range files {
			m.show(Progress{"media", m.tally.Files, all.Files, m.tally.Bytes})
			fresh, err := m.file(ctx, f)
			if err != nil {
				return err
			}
			if fresh {
				added = append(added, f.Path)
			}
		}
		if err := m.to.Sync(added...); err != nil {
			return err
		}
		after = files[len(files)-1].SHA256
	}
}

// file adds one file where it is not there, and says whether it did.
func (m *mirror) file(ctx context.Context, f archive.File) (added bool, err error) {
	m.tally.Files, m.tally.Bytes = m.tally.Files+1, m.tally.Bytes+f.Size
	there, err := m.has(ctx, f)
	if err != nil || there {
		return false, err
	}
	if !m.dry {
		flaw, err := m.copy(ctx, f)
		if err != nil {
			return false, err
		}
		if flaw != "" {
			m.tally.Damaged++
			m.Found(archive.Damage{Where: f.Path, What: flaw, Remedy: "see `lama verify`"})
			return false, nil
		}
	}
	m.tally.New, m.tally.NewBytes = m.tally.New+1, m.tally.NewBytes+f.Size
	return !m.dry, nil
}

// has says whether a file is there with its content.
func (m *mirror) has(ctx context.Context, f archive.File) (bool, error) {
	if m.to == nil {
		return false, nil
	}
	found, err := m.to.Look(f.Path)
	if err != nil || !found.File || found.Size != f.Size {
		return false, err
	}
	if m.before != nil {
		was, known, err := m.before.KnownFile(ctx, f.SHA256)
		if err != nil || known && was.Path == f.Path {
			return known, err
		}
	}
	return m.to.Holds(f.Path, f.SHA256)
}

// copy copies a file, if it is what its row says. What is not is left where it is, and told.
func (m *mirror) copy(ctx context.Context, f archive.File) (flaw string, err error) {
	found, err := m.from.Look(f.Path)
	if err != nil {
		return "", err
	}
	if !found.File {
		return "it is missing", nil
	}
	source, err := m.from.Read(f.Path)
	if err != nil {
		return "", err
	}
	defer source.Close()
	return place(ctx, m.to, f, source)
}

// place writes a file with the content of its row, or says why that is not what was read.
func place(ctx context.Context, to *disk.Folder, f archive.File, source io.Reader) (flaw string, err error) {
	temp, err := to.Create(path.Dir(f.Path))
	if err != nil {
		return "", err
	}
	defer temp.Discard()
	if _, err := io.Copy(temp, disk.While(ctx, source)); err != nil {
		return "", err
	}
	if temp.SHA256() != f.SHA256 {
		return "its content is not what was saved", nil
	}
	return "", temp.Restore(f.Path)
}

// json makes the JSON files that rows make, where they are not so already.
func (m *mirror) json(ctx context.Context) error {
	all, err := m.rows.Holdings(ctx)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		activities, err := m.rows.Filed(ctx, after, jsonPage)
		if err != nil || len(activities) == 0 {
			return err
		}
		m.show(Progress{Step: "JSON files", Done: m.tally.JSON, All: all.JSON})
		changed := map[string][]byte{}
		for _, a := range activities {
			m.tally.JSON++
			name, content := stages.JSONFile(archive.Named(a.Activity.Account), a)
			sum := sha256.Sum256(content)
			same, err := m.to.Holds(name, hex.EncodeToString(sum[:]))
			if err != nil {
				return err
			}
			if !same {
				changed[name] = content
			}
		}
		m.tally.NewJSON += int64(len(changed))
		if err := m.to.WriteAll(maps.All(changed)); err != nil {
			return err
		}
		after = activities[len(activities)-1].ID
	}
}

// prune removes the files of which no row tells any more, but nothing that is no archive's.
func (m *mirror) prune(ctx context.Context) error {
	var failed error
	v := verify.Verifier{Rows: m.rows, Folder: m.to, Quick: true, Found: func(d archive.Damage) {
		if failed != nil || !strings.HasPrefix(d.Where, "media/") && !strings.HasPrefix(d.Where, "json/") {
			return
		}
		failed = m.to.Remove(d.Where)
		m.tally.Removed++
		m.show(Progress{Step: "what is no longer needed", Done: m.tally.Removed})
	}}
	if err := v.Strays(ctx); err != nil {
		return err
	}
	return failed
}
