package pgtest

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

var (
	errNotFound = errors.New("initdb and postgres not found on PATH or where distributions put them; " +
		"install a server (Debian: apt-get install postgresql; Fedora: dnf install postgresql-server; " +
		"macOS: brew install postgresql)")
	errUnsupported = errors.New("tests start no server on this operating system")
)

// places are where distributions put the server's binaries, which they mostly keep off PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin",         // Debian, Ubuntu
	"/usr/pgsql-*/bin",                  // PostgreSQL's own packages for Red Hat's kind
	"/usr/libexec/postgresql*",          // Alpine
	"/opt/homebrew/opt/postgresql*/bin", // Homebrew on Apple's chips
	"/usr/local/opt/postgresql*/bin",    // Homebrew on Intel's
}

// binaries is the folder of initdb and postgres: PATH's, else the newest of places.
func binaries(places []string) (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil && complete(filepath.Dir(real)) {
			return filepath.Dir(real), nil
		}
	}
	var found []string
	for _, p := range places {
		match, _ := filepath.Glob(p) // the patterns are ours and well formed
		found = append(found, match...)
	}
	found = slices.DeleteFunc(found, func(dir string) bool { return !complete(dir) })
	if len(found) == 0 {
		return "", errNotFound
	}
	return slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(version(a), version(b)) }), nil
}

// complete says whether a folder has all that a server is made from.
func complete(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

var number = regexp.MustCompile(`postgresql@?/?(\d+)|pgsql-(\d+)`)

// version is PostgreSQL's major version as a folder's name tells it; 0 where it doesn't.
func version(dir string) int {
	m := number.FindStringSubmatch(filepath.ToSlash(dir))
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1] + m[2])
	return n
}
