package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lama/creds"
)

// household is a folder with preferences, credentials and an archive, as `lama init` and `lama run` make it.
type household struct {
	program  string
	dir      string
	database string // its URL
}

// prefs are preferences of prefs.json.
type prefs map[string]any

// bare are the preferences of a run that keeps nothing but rows.
var bare = prefs{"save_json": 0, "download_own_attachments": 0, "download_others_attachments": 0, "download_pictures": 0}

// household makes one of all accounts of a fediverse.
func (b *bench) household(ctx context.Context, f *fediverse, kind string, p prefs) (*household, error) {
	dir, err := os.MkdirTemp(b.dir, kind+"-")
	if err != nil {
		return nil, err
	}
	h := &household{program: b.program, dir: dir}
	if h.database, err = b.database(ctx, kind, dir); err != nil {
		return nil, err
	}
	all := prefs{"user_dir": ".", "allow_private_hosts": f.Hosts}
	for name, value := range p {
		all[name] = value
	}
	var accounts []map[string]string
	for _, m := range f.Members {
		accounts = append(accounts, map[string]string{"username": m.User, "instance": m.BaseURL()})
		user := creds.User{Token: creds.NewToken(m.Token), BaseURL: m.BaseURL()}
		if err := creds.In(dir).SaveUser(m.Account, user); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(map[string]any{"accounts": accounts, "prefs": all})
	if err != nil {
		return nil, err
	}
	return h, os.WriteFile(filepath.Join(dir, "prefs.json"), text, 0o600)
}

// usage is what a process took.
type usage struct {
	wall, cpu time.Duration
	peak      int64 // resident memory, in bytes
}

// command is `lama run`, wrapped in another program where there is one.
func (h *household) command(ctx context.Context, wrap ...string) *exec.Cmd {
	args := append(wrap, h.program, "run", "--config", filepath.Join(h.dir, "prefs.json"))
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(environment(), "LAMA_DATABASE_URL="+h.database, "LAMA_API_PACE=1000000", "LAMA_MEDIA_PACE=1000000")
	return cmd
}

// environment is ours without what would change lama's preferences.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "LAMA_") || strings.HasPrefix(v, "DOCKER_MODE=")
	})
}

// run archives, from the start of the process to its end.
func (h *household) run(ctx context.Context, wrap ...string) (usage, error) {
	cmd := h.command(ctx, wrap...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err := cmd.Run()
	u := usage{wall: time.Since(start)}
	if err != nil {
		return u, fmt.Errorf("lama run: %w\n%s", err, out.Bytes()[max(0, out.Len()-1000):])
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	u.peak = peak(cmd.ProcessState)
	return u, nil
}

// archive makes a household, lets it archive once, and says what that took.
func (b *bench) archive(ctx context.Context, f *fediverse, kind string, p prefs) (*household, usage, error) {
	h, err := b.household(ctx, f, kind, p)
	if err != nil {
		return nil, usage{}, err
	}
	if err := b.settle(ctx, h.database); err != nil {
		return nil, usage{}, err
	}
	u, err := h.run(ctx)
	return h, u, err
}

// posts is how many the archive holds. None at all is an error: whatever was timed was no archive.
func (h *household) posts(ctx context.Context) (int, error) {
	n, err := number(ctx, h.database, "SELECT count(*) FROM posts")
	if err == nil && n == 0 {
		err = errors.New("nothing was archived")
	}
	return int(n), err
}
