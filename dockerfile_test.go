//go:build linux

package main_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// image is what a stage of a Dockerfile makes, in a folder.
type image struct {
	base       string // of FROM
	root       string // the folder that is /
	dir        string // of WORKDIR
	env        []string
	volumes    []string
	entrypoint []string
}

// step is an instruction of a Dockerfile.
type step struct{ name, args string }

// readSteps joins what a backslash continues and leaves comments out.
func readSteps(t *testing.T, file string) []step {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	for line := range strings.SplitSeq(strings.ReplaceAll(string(text), "\\\n", " "), "\n") {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			name, args, _ := strings.Cut(line, " ")
			steps = append(steps, step{name, strings.TrimSpace(args)})
		}
	}
	return steps
}

// buildImage does what a Docker engine does with our Dockerfile, except that a base image other than scratch is
// this machine, seen through an empty folder.
func buildImage(t *testing.T) *image {
	t.Helper()
	var (
		now    *image
		stages = map[string]*image{}
	)
	for _, s := range readSteps(t, "Dockerfile") {
		t.Log(s.name, s.args)
		switch words := strings.Fields(s.args); s.name {
		case "FROM":
			now = &image{base: words[0], root: t.TempDir(), dir: "/"}
			if len(words) == 3 {
				stages[words[2]] = now
			}
		case "WORKDIR":
			now.dir = now.abs(s.args)
			makeFolder(t, now.host(now.dir))
		case "COPY":
			now.copyStep(t, words, stages)
		case "RUN":
			now.runStep(t, s.args)
		case "ENV":
			now.env = append(now.env, words...)
		case "VOLUME":
			now.volumes = append(now.volumes, words...)
		case "ENTRYPOINT":
			if err := json.Unmarshal([]byte(s.args), &now.entrypoint); err != nil {
				t.Fatalf("ENTRYPOINT %s: %v", s.args, err)
			}
		default:
			t.Fatalf("this test knows no %s", s.name)
		}
	}
	return now
}

// abs is a path as WORKDIR completes it, host where it is on this machine.
func (i *image) abs(p string) string {
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join(i.dir, p)
}

func (i *image) host(p string) string { return filepath.Join(i.root, i.abs(p)) }

var absolute = regexp.MustCompile(`(^|[\s='"])/`)

func (i *image) runStep(t *testing.T, command string) {
	t.Helper()
	if absolute.MatchString(command) {
		t.Fatalf("RUN %s: an absolute path would be this machine's", command)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir, cmd.Env = i.host("."), append(os.Environ(), i.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("RUN %s: %v\n%s", command, err, out)
	}
}

func (i *image) copyStep(t *testing.T, words []string, stages map[string]*image) {
	t.Helper()
	from, skip := &image{root: ".", dir: "/"}, ignored(t, ".dockerignore")
	if name, ok := strings.CutPrefix(words[0], "--from="); ok {
		from, skip, words = stages[name], func(string) bool { return false }, words[1:]
	}
	last := len(words) - 1
	for _, source := range words[:last] {
		at, to := from.find(source), i.host(words[last])
		if info, err := os.Stat(at); err == nil && !info.IsDir() && strings.HasSuffix(words[last], "/") {
			to = filepath.Join(to, filepath.Base(at))
		}
		copyTree(t, at, to, skip)
	}
}

// find is where a path of the image is on this machine, which is the base image as well.
func (i *image) find(p string) string {
	if _, err := os.Stat(i.host(p)); err != nil && i.base != "scratch" {
		return i.abs(p)
	}
	return i.host(p)
}

// copyTree copies a file, or what a folder holds, with the modes.
func copyTree(t *testing.T, from, to string, skip func(string) bool) {
	t.Helper()
	makeFolder(t, filepath.Dir(to))
	err := filepath.WalkDir(from, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, at)
		if err != nil {
			return err
		}
		if skip(rel) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		return copyEntry(at, filepath.Join(to, rel))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func copyEntry(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		return os.Chmod(to, info.Mode())
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode())
}

func makeFolder(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

// ignored reads a .dockerignore as far as ours goes. The repository itself is left out too: a build does not need it.
func ignored(t *testing.T, file string) func(rel string) bool {
	t.Helper()
	patterns := patternsOf(t, file)
	return func(rel string) bool {
		return rel == ".git" || slices.ContainsFunc(patterns, func(p string) bool {
			if name, anywhere := strings.CutPrefix(p, "**/"); anywhere {
				match, _ := path.Match(name, path.Base(rel))
				return match
			}
			return p == "/"+rel
		})
	}
}

// patternsOf is an ignore file without its comments.
func patternsOf(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool {
		return line == "" || line[0] == '#'
	})
}
