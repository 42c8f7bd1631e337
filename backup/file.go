package backup

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"lama/archive"
	"lama/config"
	"lama/disk"
	"lama/store"
)

// IsFile says whether a backup of this name is one file, and not a folder.
func IsFile(name string) bool {
	info, err := os.Stat(name)
	return err != nil && strings.HasSuffix(name, ".tar") || err == nil && !info.IsDir()
}

// ToFile writes a backup of an archive, whose files are in data, into one file. A backup of the same archive that has the
// name is replaced once the new one is whole, and nothing else is.
func (j *Job) ToFile(ctx context.Context, db *store.Store, data *disk.Folder, file string) (tally Tally, err error) {
	id, _, err := db.Identity(ctx)
	if err != nil {
		return tally, err
	}
	if err := replaceable(file, id); err != nil {
		return tally, err
	}
	snapshot := store.TempName(file + ".db")
	defer func() { err = errors.Join(err, store.Discard(snapshot)) }()
	j.show(Progress{Step: "the database"})
	if err := db.Snapshot(ctx, snapshot, store.CopyOptions{Schema: j.Schema}); err != nil {
		return tally, err
	}
	temp := store.TempName(file)
	// #nosec G304 -- beside the file that is asked for
	out, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return tally, err
	}
	defer func() { _ = os.Remove(temp) }() // which has another name if all went well
	tally, err = j.pack(ctx, out, snapshot, id, data)
	if err = errors.Join(err, out.Close()); err != nil {
		return tally, fmt.Errorf("write %s: %w", file, err)
	}
	return tally, store.Settle(temp, file)
}

// replaceable refuses a file that is no backup of the archive.
func replaceable(file, id string) error {
	f, err := os.Open(file) // #nosec G304 -- the file that is asked for
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	mark, err := firstEntry(tar.NewReader(f))
	if err != nil || mark != id {
		return fmt.Errorf("%s is there already, and no backup of this archive: name another file", file)
	}
	return nil
}

// firstEntry is the id of the archive that a backup is of.
func firstEntry(r *tar.Reader) (id string, err error) {
	h, err := r.Next()
	if err != nil || h.Name != dataFolder+"/"+disk.MarkFile {
		return "", errors.Join(errors.New("it is no backup that lama made"), err)
	}
	text, err := io.ReadAll(io.LimitReader(r, 1000))
	return strings.TrimSpace(string(text)), err
}

// pack writes the whole of a backup: whose it is, the preferences, the database, the media.
func (j *Job) pack(ctx context.Context, out io.Writer, snapshot, id string, data *disk.Folder) (tally Tally, err error) {
	buffered := bufio.NewWriterSize(out, 1<<20)
	p := packer{Job: j, tar: tar.NewWriter(buffered), data: data}
	if err := p.text(dataFolder+"/"+disk.MarkFile, []byte(id+"\n")); err != nil {
		return p.tally, err
	}
	if j.Prefs != nil {
		text, err := config.Portable(j.Prefs, "user")
		if err == nil {
			err = p.text(prefsFile, text)
		}
		if err != nil {
			return p.tally, err
		}
	}
	if err := p.database(ctx, snapshot); err != nil {
		return p.tally, err
	}
	return p.tally, errors.Join(p.tar.Close(), buffered.Flush())
}

// packer writes the entries of a tar.
type packer struct {
	*Job
	tar   *tar.Writer
	data  *disk.Folder
	rows  *store.Store
	tally Tally
}

func (p *packer) text(name string, content []byte) error {
	return p.entry(name, int64(len(content)), strings.NewReader(string(content)))
}

func (p *packer) entry(name string, size int64, content io.Reader) error {
	if err := p.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	_, err := io.Copy(p.tar, content)
	return err
}

func (p *packer) database(ctx context.Context, snapshot string) (err error) {
	if p.rows, err = p.open(ctx, snapshot, true); err != nil {
		return err
	}
	defer p.rows.Close()
	if _, p.tally.Rows, err = p.rows.Count(ctx); err != nil {
		return err
	}
	p.rows.Close()                 // or what it wrote would not be in its file
	file, err := os.Open(snapshot) // #nosec G304 -- our own
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := p.entry(dataFolder+"/"+database, info.Size(), disk.While(ctx, file)); err != nil {
		return err
	}
	if p.rows, err = p.open(ctx, snapshot, true); err != nil {
		return err
	}
	defer p.rows.Close()
	return p.media(ctx)
}

func (p *packer) media(ctx context.Context) error {
	all, err := p.rows.Holdings(ctx)
	if err != nil {
		return err
	}
	for after := ""; ; {
		files, err := p.rows.Files(ctx, after, mediaPage)
		if err != nil || len(files) == 0 {
			return err
		}
		for _, f := range files {
			p.show(Progress{"media", p.tally.Files, all.Files, p.tally.Bytes})
			if err := p.file(ctx, f); err != nil {
				return err
			}
		}
		after = files[len(files)-1].SHA256
	}
}

// file adds a media file, if it is what its row says.
func (p *packer) file(ctx context.Context, f archive.File) error {
	p.tally.Files, p.tally.Bytes = p.tally.Files+1, p.tally.Bytes+f.Size
	whole, err := p.data.Holds(f.Path, f.SHA256)
	if err != nil {
		return err
	}
	if !whole {
		p.tally.Damaged++
		p.Found(archive.Damage{Where: f.Path, What: "it is missing, or its content is not what was saved",
			Remedy: "see `lama verify`"})
		return nil
	}
	source, err := p.data.Read(f.Path)
	if err != nil {
		return err
	}
	defer source.Close()
	p.tally.New, p.tally.NewBytes = p.tally.New+1, p.tally.NewBytes+f.Size
	return p.entry(dataFolder+"/"+f.Path, f.Size, disk.While(ctx, source))
}
