package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"

	"lama/archive"
	"lama/backup"
	"lama/config"
	"lama/disk"
	"lama/progress"
	"lama/store"
)

func (s *session) backupCommand() *cli.Command {
	return &cli.Command{
		Name: "backup", Usage: "copy the archive into a folder or a .tar file, while runs go on", ArgsUsage: "DIR|FILE.tar",
		Description: "A folder becomes a user_dir with an SQLite database, and is brought up to date the next time: media\n" +
			"that are there are not copied again. A file is written anew, and replaces the one before when it is whole.\n" +
			"Tokens are in neither.",
		Flags: []cli.Flag{configFlag(), dryRunFlag()}, Action: s.backup,
	}
}

func (s *session) backup(c *cli.Context) error {
	args, err := arguments(c, "DIR|FILE.tar")
	if err != nil {
		return err
	}
	cfg, err := s.load(c, false)
	if err != nil {
		return err
	}
	target := below(s.Dir, args[0])
	if err := apart(target, cfg); err != nil {
		return err
	}
	db, err := s.openSame(c.Context, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	data, err := disk.View(dataFolder(cfg))
	if err != nil {
		return err
	}
	defer data.Close()
	if _, err := kinshipOf(c.Context, cfg, db, data); err != nil {
		return err
	}
	return s.backUp(c.Context, cfg, db, data, target, c.Bool("dry-run"))
}

func (s *session) backUp(ctx context.Context, cfg config.Config, db *store.Store, data *disk.Folder, target string,
	dry bool) error {
	line := s.line()
	job := s.job(line)
	var err error
	if job.Prefs, err = os.ReadFile(cfg.File); err != nil {
		return err
	}
	var t backup.Tally
	switch {
	case dry:
		t, err = job.WouldAdd(ctx, db, target)
	case backup.IsFile(target):
		t, err = job.ToFile(ctx, db, data, target)
	default:
		t, err = job.ToFolder(ctx, db, data, target)
	}
	line.Done()
	if err != nil {
		return fmt.Errorf("back up to %s: %w", target, err)
	}
	if dry {
		s.say("would back up %s; %s (%s) are new", holdings(t), plural(int(t.New), "media file"), size(t.NewBytes))
		return nil
	}
	text := fmt.Sprintf("backed up %s to %s", holdings(t), target)
	if !backup.IsFile(target) {
		text += "; " + changes(t)
	}
	s.say("%s", text)
	return damagedLeft(t)
}

// apart refuses a target in which the archive itself is, or that would be taken for a part of it.
func apart(target string, cfg config.Config) error {
	for _, pair := range [][2]string{{target, dataFolder(cfg)}, {cfg.UserDir, target}} {
		rel, err := filepath.Rel(pair[1], pair[0])
		if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return usagef("%s and the archive in %s are in each other: name another place, best on another disk", target,
				cfg.UserDir)
		}
	}
	return nil
}

// job is a backup that shows what it does.
func (s *session) job(line *progress.Line) backup.Job {
	return backup.Job{Schema: s.Schema, Progress: func(p backup.Progress) { line.Show(backupText(p)) },
		Found: func(d archive.Damage) {
			_, _ = fmt.Fprintf(above(line, s.Stdout), "%s: %s; %s\n", printable(d.Where, maxLine), printable(d.What, maxLine), d.Remedy)
		}}
}

func backupText(p backup.Progress) string {
	text := p.Step
	if p.Done > 0 {
		text += ": " + humanize.Comma(p.Done)
	}
	if p.All > 0 {
		text += " of " + humanize.Comma(p.All)
	}
	if p.Bytes > 0 {
		text += ", " + size(p.Bytes)
	}
	return text
}

func holdings(t backup.Tally) string {
	return fmt.Sprintf("%s and %s (%s)", plural(int(t.Rows), "row"), plural(int(t.Files), "media file"), size(t.Bytes))
}

func changes(t backup.Tally) string {
	text := fmt.Sprintf("%s (%s) and %s are new", plural(int(t.New), "media file"), size(t.NewBytes),
		plural(int(t.NewJSON), "JSON file"))
	if t.Removed > 0 {
		text += fmt.Sprintf(", %s of which no row tells any more removed", plural(int(t.Removed), "file"))
	}
	return text
}

// damagedLeft fails where a media file could not be had.
func damagedLeft(t backup.Tally) error {
	if t.Damaged == 0 {
		return nil
	}
	return incompletef("%s could not be copied: `lama verify` says what to do", plural(t.Damaged, "media file"))
}
