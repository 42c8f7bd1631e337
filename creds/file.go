package creds

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"

	"lama/archive"
)

// maxFile bounds a file of credentials, in bytes.
const maxFile = 64 << 10

type lines []string

func readLines(path string) (lines, error) {
	f, err := os.Open(path) // #nosec G304 -- a file of the folder of credentials, named after a configured account
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, err
	}
	l := lines(strings.Split(strings.TrimPrefix(string(b), "\ufeff"), "\n"))
	for i := range l {
		l[i] = strings.TrimSpace(l[i])
	}
	return l, nil
}

// at is a line, empty where the file has fewer.
func (l lines) at(i int) string {
	if i >= len(l) {
		return ""
	}
	return l[i]
}

// value is what follows a name in one of our own lines, below LAMA's four.
func (l lines) value(name string) string {
	for _, line := range l[min(4, len(l)):] {
		if v, ok := strings.CutPrefix(line, name); ok {
			return v
		}
	}
	return ""
}

// write replaces a file whole, or not at all, readable by its owner only.
func (f Folder) write(path string, content []string) error {
	if slices.ContainsFunc(content, func(s string) bool { return strings.ContainsAny(s, "\r\n") }) {
		return errors.New("a line break stands where there can be none")
	}
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(f.path, ".tmp-*") // with mode 0600
	if err != nil {
		return err
	}
	_, err = io.WriteString(tmp, strings.Join(content, "\n")+"\n")
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return syncFolder(f.path)
}

// syncFolder makes a rename last through a power cut. Windows can't, and keeps its own journal.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path) // #nosec G304 -- the folder of credentials itself
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Warnings says, for each file of an account and for the folder, how to take away rights that are too wide:
// LAMA wrote what the umask gave.
func (f Folder) Warnings(a archive.Account) []string {
	var warnings []string
	for _, item := range []struct {
		path string
		mode fs.FileMode
	}{{f.path, 0o700}, {f.ClientPath(a), 0o600}, {f.UserPath(a), 0o600}} {
		if w := TooOpen(item.path, item.mode); w != "" {
			warnings = append(warnings, w)
		}
	}
	return warnings
}

// TooOpen says how to take away the rights of others to a file that holds a secret; empty where they have none.
func TooOpen(path string, mode fs.FileMode) string {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 { // whose modes say nothing of others
		return ""
	}
	return fmt.Sprintf("%s is open to other users of this machine (%04o): chmod %o %s",
		path, info.Mode().Perm(), mode, shellQuote(path))
}

// shellQuote makes a path fit for pasting into a shell.
func shellQuote(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-", r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
