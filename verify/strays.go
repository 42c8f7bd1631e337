package verify

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"lama/archive"
	"lama/disk"
	"lama/stages"
)

// How many paths are looked up at once. Those of media are by their index. A JSON file's can only be found by going
// through all activities, which is done for many of them.
const (
	mediaPaths = 1000
	jsonPaths  = 50_000
)

// lightPage is how many rows without content are read at once.
const lightPage = 1000

// strays looks for files that no row tells of.
type strays struct {
	*check
	media, json map[string]bool // paths that are to be looked up
	seen        int64
}

func (c *check) strays(ctx context.Context) error {
	s := strays{check: c, media: map[string]bool{}, json: map[string]bool{}}
	visit := func(path string) error { return s.visit(ctx, path) }
	unread := func(err error) {
		c.found(archive.Damage{Where: "a folder", What: err.Error(), Remedy: "let the user who runs lama read it"})
	}
	if err := c.Folder.Each(ctx, ".", visit, unread); err != nil {
		return err
	}
	if err := s.lookUpMedia(ctx); err != nil {
		return err
	}
	return s.lookUpJSON(ctx)
}

func (s *strays) visit(ctx context.Context, path string) error {
	s.seen++
	s.progress(Progress{Step: "files in the folder", Done: s.seen})
	switch {
	case strings.HasPrefix(path, "media/"):
		if s.media[path] = true; len(s.media) >= mediaPaths {
			return s.lookUpMedia(ctx)
		}
	case strings.HasPrefix(path, "json/"):
		if s.json[path] = true; len(s.json) >= jsonPaths {
			return s.lookUpJSON(ctx)
		}
	case !slices.Contains(s.Own, path):
		s.tell(path, "")
	}
	return nil
}

// lookUpMedia tells of those files of media that have no row. One that a pending attachment calls for has been
// downloaded by a run that was stopped before it could say so: the next run takes it.
func (s *strays) lookUpMedia(ctx context.Context) error {
	known, err := s.Rows.FilesAt(ctx, slices.Collect(maps.Keys(s.media)))
	if err != nil {
		return fmt.Errorf("look up files: %w", err)
	}
	for _, path := range known {
		delete(s.media, path)
	}
	if err := s.leaveCalledFor(ctx); err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(s.media)) {
		original, err := s.original(ctx, path)
		if err != nil {
			return err
		}
		s.tell(path, original)
	}
	clear(s.media)
	return nil
}

func (s *strays) leaveCalledFor(ctx context.Context) error {
	byStem := map[string][]string{}
	for path := range s.media {
		byStem[disk.MediaStem(path)] = append(byStem[disk.MediaStem(path)], path)
	}
	for after := (archive.Media{}); len(s.media) > 0; {
		pending, err := s.Rows.PendingFiles(ctx, after, lightPage)
		if err != nil || len(pending) == 0 {
			return err
		}
		for _, m := range pending {
			for _, path := range byStem[disk.MediaPath(m, "")] {
				delete(s.media, path)
			}
		}
		after = pending[len(pending)-1]
	}
	return nil
}

// original is the file of the archive that a stray is a copy of, or empty.
func (s *strays) original(ctx context.Context, path string) (string, error) {
	found, err := s.Folder.Look(path)
	if err != nil || !found.File || s.Quick || s.Legacy {
		return "", nil
	}
	sum, err := s.Folder.Sum(ctx, path)
	if err != nil {
		return "", ctx.Err()
	}
	file, known, err := s.Rows.KnownFile(ctx, sum)
	if err != nil || !known {
		return "", err
	}
	held, err := s.Folder.Holds(file.Path, sum)
	if err != nil || !held {
		return "", nil
	}
	return file.Path, nil
}

// lookUpJSON tells of those JSON files that no activity has.
func (s *strays) lookUpJSON(ctx context.Context) error {
	for after := int64(0); len(s.json) > 0; {
		activities, err := s.Rows.Placed(ctx, after, lightPage)
		if err != nil {
			return err
		}
		if len(activities) == 0 {
			break
		}
		for _, a := range activities {
			s.leaveJSON(a)
		}
		after = activities[len(activities)-1].ID
	}
	for _, path := range slices.Sorted(maps.Keys(s.json)) {
		s.tell(path, "")
	}
	clear(s.json)
	return nil
}

// leaveJSON leaves out the file of an activity. Where that has lost its post's row, the file may be the last copy of
// it; author and month are then not known.
func (s *strays) leaveJSON(a archive.Unwritten) {
	account := archive.Named(a.Activity.Account)
	if a.Hash != "" {
		path, _ := stages.JSONFile(account, a)
		delete(s.json, path)
		return
	}
	folder := path.Join("json", account.Safe(), disk.JSONFolder(a.Activity)) + "/"
	maps.DeleteFunc(s.json, func(path string, _ bool) bool {
		return strings.HasPrefix(path, folder) && strings.HasSuffix(path, "_"+disk.ID(a.Activity.ID)+".json")
	})
}

func (s *strays) tell(path, original string) {
	d := archive.Damage{Where: path, What: "no row tells of this file",
		Remedy: "move it out of the data folder if you want to keep it, or delete it"}
	switch {
	case s.Legacy:
		s.tally.Legacy++
		return
	case original != "":
		d.What += ", which is a copy of " + original
		d.Remedy = "delete it, or move it out of the data folder"
	}
	s.found(d)
}
