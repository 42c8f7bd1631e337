package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/config"
	"lama/disk"
	"lama/pipeline"
	"lama/progress"
	"lama/stages"
	"lama/store"
	"lama/verify"
)

func (s *session) verifyCommand() *cli.Command {
	return &cli.Command{
		Name: "verify", Usage: "check that every row has its file and every file its row, and that each is whole",
		Description: "It lists what is damaged and what to do about it. Without --repair it writes nothing.",
		Flags: []cli.Flag{configFlag(),
			&cli.BoolFlag{Name: "quick", Usage: "look for files and their sizes only, and read none"},
			&cli.BoolFlag{Name: "repair", Usage: "mend what can be, and have the next run ask for media that is lost"},
			&cli.BoolFlag{Name: "json", Usage: "a JSON object per damage, and a last one that counts"}},
		Action: s.verify,
	}
}

func (s *session) verify(c *cli.Context) error {
	if _, err := arguments(c); err != nil {
		return err
	}
	repair := c.Bool("repair")
	cfg, err := s.load(c, repair)
	if err != nil {
		return err
	}
	if err := exists(cfg); err != nil {
		return err
	}
	db, err := store.Open(c.Context, store.Options{URL: cfg.Database.Secret(), Schema: s.Schema, Exists: true,
		Same: !repair})
	if err != nil {
		return err
	}
	defer db.Close()
	release, err := s.alone(c.Context, db, repair)
	if err != nil {
		return err
	}
	defer release()
	v := verification{session: s, cfg: cfg, db: db, json: c.Bool("json"), line: s.line()}
	v.out = above(v.line, s.Stdout)
	return v.run(c.Context, c.Bool("quick"), repair)
}

// alone keeps runs out while something is mended. Where nothing is, it only says that there is one.
func (s *session) alone(ctx context.Context, db *store.Store, repair bool) (release func(), err error) {
	if repair {
		release, err = db.Lock(ctx)
		if held, taken := errors.AsType[*store.InUse](err); taken {
			return nil, inUse(fmt.Errorf("%w: repair it when that has ended", held))
		}
		return release, err
	}
	holder, err := db.Holder(ctx)
	if holder != "" {
		s.warn("a run is under way (%s): what it is working on may be listed as damage", holder)
	}
	return func() {}, err
}

// verification is one execution of `lama verify`.
type verification struct {
	*session
	cfg  config.Config
	db   *store.Store
	json bool
	line *progress.Line // nil where there is no terminal
	out  io.Writer      // of what is found
}

func (v *verification) run(ctx context.Context, quick, repair bool) error {
	data := dataFolder(v.cfg)
	open := disk.View
	if repair {
		open = disk.Open
	}
	folder, err := open(data)
	if err != nil {
		return err
	}
	defer folder.Close()
	if _, err := kinshipOf(ctx, v.cfg, v.db, folder); err != nil {
		return err
	}
	write := &stages.Write{Keeper: v.db, Folder: folder}
	_, old := os.Stat(filepath.Join(data, "app.db"))
	tally, err := (&verify.Verifier{Rows: v.db, Folder: folder, Accounts: v.cfg.Accounts, Quick: quick, Repair: repair,
		Rewrite: func(ctx context.Context) error { return pipeline.Derive(ctx, write) },
		Own:     bookkeeping(v.cfg, data), Legacy: old == nil,
		Found: v.found, Progress: func(p verify.Progress) { v.line.Show(progressText(p)) }}).Run(ctx)
	v.line.Done()
	if err != nil {
		return err
	}
	return v.conclude(tally, quick)
}

// bookkeeping are the paths, in the data folder, of what is no part of what is archived: databases with their locks, and
// the archive's id.
func bookkeeping(cfg config.Config, data string) []string {
	databases, paths := []string{"lama.db", "app.db"}, []string{disk.MarkFile}
	if path, ok := cfg.Database.SQLite(); ok {
		if name, err := filepath.Rel(data, path); err == nil {
			databases = append(databases, filepath.ToSlash(name))
		}
	}
	for _, name := range databases {
		for _, ending := range []string{"", "-wal", "-shm", "-journal", ".lock"} {
			paths = append(paths, name+ending)
		}
	}
	return paths
}

func (v *verification) found(d archive.Damage) {
	if v.json {
		v.object(v.out, d)
		return
	}
	text := d.Remedy
	if d.Mended {
		text = "mended"
	}
	_, _ = fmt.Fprintf(v.out, "%s: %s; %s\n", printable(d.Where, maxLine), printable(d.What, maxLine), text)
}

func (v *verification) object(w io.Writer, of any) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(of)
}

// conclude says what was verified, and fails where damage is left.
func (v *verification) conclude(t verify.Tally, quick bool) error {
	if v.json {
		v.object(v.Stdout, t)
	} else {
		v.say("%s", verifySentence(t, quick))
	}
	switch left := t.Damaged - t.Mended; {
	case left == 1:
		return incompletef("the archive is damaged: one thing is still to be mended")
	case left > 1:
		return incompletef("the archive is damaged: %s things are still to be mended", humanize.Comma(int64(left)))
	}
	return nil
}

func verifySentence(t verify.Tally, quick bool) string {
	text := fmt.Sprintf("verified %s, %s (%s) and JSON files of %s", plural(int(t.Rows), "row"), plural(int(t.Files), "media file"),
		size(t.Bytes), plural(int(t.JSON), "activity"))
	if quick {
		text += " by their sizes"
	}
	if t.Partial {
		text = "verified the database alone, which is too damaged to read the rest"
	}
	if t.Legacy > 0 {
		text += fmt.Sprintf("; %s of LAMA 1.x were left aside", plural(int(t.Legacy), "file"))
	}
	if t.Damaged == 0 {
		return text + ": no damage"
	}
	return text + fmt.Sprintf(": %s damaged, %s mended", humanize.Comma(int64(t.Damaged)), humanize.Comma(int64(t.Mended)))
}

func progressText(p verify.Progress) string {
	text := "verifying " + p.Step
	switch {
	case p.Done > 0 && p.All > 0:
		text += fmt.Sprintf(": %s of %s", humanize.Comma(p.Done), humanize.Comma(p.All))
	case p.Done+p.All > 0:
		text += ": " + humanize.Comma(p.Done+p.All)
	}
	if p.AllBytes > 0 {
		text += fmt.Sprintf(", %s of %s", size(p.Bytes), size(p.AllBytes))
	}
	return text
}
