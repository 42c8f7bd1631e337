package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lama/archive"
)

// checkWritable refuses a user_dir in which nothing could be kept. Only trying tells (rights, read-only mounts,
// full disks), so an empty file comes and goes in the folder, or in the one that would hold it.
func (c Config) checkWritable() error {
	if err := tryWrite(c.UserDir); err != nil {
		where := c.sources["user_dir"]
		if where == "default" {
			where = c.File
		}
		return fail(where, "user_dir %s can't be written: %w", c.UserDir, err)
	}
	return nil
}

func tryWrite(dir string) error {
	info, err := os.Stat(dir)
	if parent := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && parent != dir {
		return tryWrite(parent)
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no folder", dir)
	}
	f, err := os.CreateTemp(dir, ".lama-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// Create writes dir/user/prefs.json with one account and returns its path. It never replaces a file.
func Create(dir string, a archive.Account) (string, error) {
	type entry struct {
		Username string `json:"username"`
		Instance string `json:"instance"`
	}
	src, err := json.MarshalIndent(map[string][]entry{"accounts": {{a.User, a.BaseURL()}}}, "", "  ")
	if err != nil {
		return "", err
	}
	return Adopt(dir, append(src, '\n'))
}

// Adopt writes dir/user/prefs.json as it is given and returns its path. It never replaces a file.
func Adopt(dir string, src []byte) (string, error) {
	path := filepath.Join(dir, "user", "prefs.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	// #nosec G304 -- prefs.json, where the owner works
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.Write(src)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	return path, nil
}
