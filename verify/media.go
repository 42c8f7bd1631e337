package verify

import (
	"context"

	"lama/archive"
)

// page is how many rows are read at once.
const page = 200

// What is to be done about media.
const (
	inTheWay = "see whether the disk is sound, move what is there elsewhere, then run `lama verify --repair`"
	fetch    = "put it back from a backup, or `lama verify --repair` and then `lama run` ask its servers for it again"
	coming   = "put it back from a backup, or the next `lama run` asks its servers for it again"
	backup   = "put it back from a backup: no address of it is known"
)

// media compares the files of media with their rows.
func (c *check) media(ctx context.Context) error {
	for after := ""; ; {
		files, err := c.Rows.Files(ctx, after, page)
		if err != nil || len(files) == 0 {
			return err
		}
		if err := c.mediaPage(ctx, files); err != nil {
			return err
		}
		after = files[len(files)-1].SHA256
	}
}

func (c *check) mediaPage(ctx context.Context, files []archive.File) error {
	flaws, whole, lost := map[string]flaw{}, []string{}, []string{}
	for _, f := range files {
		flaw, err := c.inspect(ctx, f.Path, f.Size, f.SHA256)
		if err != nil {
			return err
		}
		switch flaws[f.SHA256] = flaw; {
		case flaw.what == "":
			whole = append(whole, f.SHA256)
		case !flaw.stuck:
			lost = append(lost, f.SHA256)
		}
		c.tally.Files, c.tally.Bytes = c.tally.Files+1, c.tally.Bytes+f.Size
		c.progress(Progress{"media", c.tally.Files, c.all.Files, c.tally.Bytes, c.all.Bytes})
	}
	asking, err := c.repairMedia(ctx, whole, lost)
	if err != nil {
		return err
	}
	for _, f := range files {
		if flaw := flaws[f.SHA256]; flaw.what != "" {
			c.found(c.mediaDamage(f, flaw, asking))
		}
	}
	return nil
}

// repairMedia has what is lost asked for again, and what came back no more.
func (c *check) repairMedia(ctx context.Context, whole, lost []string) (asking map[string]int, err error) {
	if !c.Repair {
		return nil, nil
	}
	if !c.Quick {
		if err := c.Rows.Returned(ctx, whole); err != nil {
			return nil, err
		}
	}
	if len(lost) == 0 {
		return nil, nil
	}
	return c.Rows.Refetch(ctx, lost)
}

func (c *check) mediaDamage(f archive.File, flaw flaw, asking map[string]int) archive.Damage {
	d := archive.Damage{Where: f.Path, What: flaw.what + " (sha256 " + f.SHA256 + ")", Remedy: fetch}
	switch n, needed := asking[f.SHA256]; {
	case flaw.stuck:
		d.Remedy = inTheWay
	case !c.Repair:
	case !needed: // no post has it: its row is forgotten, and a file that is there is a stray from now on
		d.Remedy, d.Mended = "", true
	case n == 0:
		d.Remedy = backup
	default:
		d.Remedy = coming
	}
	return d
}
