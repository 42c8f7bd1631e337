package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// place is the file that was found and the folder to which its paths are relative.
type place struct {
	file   string
	base   string
	docker bool
}

// find reads the first prefs.json there is. A file that was asked for by name must be there.
func find(o Options) (place, []byte, error) {
	for _, named := range []struct{ path, source string }{
		{o.Path, "--config"}, {o.Getenv("LAMA_CONFIG"), "LAMA_CONFIG"},
	} {
		if named.path == "" {
			continue
		}
		p := newPlace(below(o.Dir, named.path), o)
		src, err := os.ReadFile(p.file)
		if err != nil {
			return place{}, nil, fail(named.source, "%w", err)
		}
		return p, src, nil
	}
	return search(o)
}

func search(o Options) (place, []byte, error) {
	candidates := searched(o)
	for _, path := range candidates {
		src, err := os.ReadFile(path) // #nosec G304 -- where prefs.json may be
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return place{}, nil, fail("prefs.json", "%w", err)
		}
		return newPlace(path, o), src, nil
	}
	return place{}, nil, fail("prefs.json", "%w in %s: `lama init --account user@host` writes one",
		ErrNoFile, strings.Join(candidates, ", "))
}

// searched lists where prefs.json may be, the first to be preferred: LAMA's two places, then the system's.
func searched(o Options) []string {
	paths := []string{filepath.Join(o.Dir, "user", "prefs.json"), filepath.Join(o.Dir, "prefs.json")}
	if dir := userConfigDir(o.Getenv); dir != "" {
		paths = append(paths, filepath.Join(dir, "lama", "prefs.json"))
	}
	return append(paths, filepath.FromSlash("/etc/lama/prefs.json"))
}

// userConfigDir is $XDG_CONFIG_HOME, which counts only where it is absolute (XDG base directory specification).
func userConfigDir(getenv func(string) string) string {
	if dir := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".config")
	}
	return ""
}

// newPlace knows the base of a file: its folder, or the one above where it is user/prefs.json. In Docker it is
// the working directory, below which LAMA's users mount `user` and prefs.json.
func newPlace(file string, o Options) place {
	p := place{file: file, base: filepath.Dir(file), docker: o.Getenv("DOCKER_MODE") != ""}
	switch {
	case p.docker:
		p.base = o.Dir
	case filepath.Base(file) == "prefs.json" && filepath.Base(p.base) == "user":
		p.base = filepath.Dir(p.base)
	}
	return p
}
