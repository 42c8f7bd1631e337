package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// machine says what this was measured on: names and values. What the system does not tell is left out.
func (b *bench) machine(ctx context.Context) [][2]string {
	all := [][2]string{
		{"date", time.Now().UTC().Format(time.DateOnly)},
		{"commit", b.commit(ctx)},
		{"processor", fmt.Sprintf("%s, %d cores", after("/proc/cpuinfo", "model name"), runtime.NumCPU())},
		{"memory", after("/proc/meminfo", "MemTotal")},
		{"system", runtime.GOOS + "/" + runtime.GOARCH + " " + line("/proc/sys/kernel/osrelease")},
		{"file system", fileSystem(b.dir)},
		{"Go", runtime.Version()},
	}
	if s, err := b.version(ctx); err == nil {
		all = append(all, [2]string{"PostgreSQL", s + ", its default settings, fsync on, on the same machine"})
	}
	return all
}

// version is that of Postgres, where it was measured.
func (b *bench) version(ctx context.Context) (string, error) {
	url, err := b.database(ctx, postgres, b.dir)
	if err != nil {
		return "", err
	}
	n, err := number(ctx, url, "SHOW server_version_num")
	return fmt.Sprintf("%d.%d", n/10_000, n%10_000), err
}

// commit is the one of the sources.
func (b *bench) commit(ctx context.Context) string {
	cmd := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty")
	cmd.Dir = b.root
	out, err := cmd.Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// line is a file's only one.
func line(path string) string {
	text, _ := os.ReadFile(path) // not every system has it
	return strings.TrimSpace(string(text))
}

// after is what follows a name and a colon in a file of such lines.
func after(path, name string) string {
	for text := range strings.Lines(line(path)) {
		if key, value, found := strings.Cut(text, ":"); found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// fileSystem is the type of the one that a folder is in: that of the longest mount point above it.
func fileSystem(dir string) string {
	dir, _ = filepath.EvalSymlinks(dir)
	kind, longest := "unknown", -1
	f, err := os.Open("/proc/self/mounts")
	if err != nil {
		return kind
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text()) // device, mount point, type
		if len(fields) < 3 || len(fields[1]) <= longest {
			continue
		}
		if point := strings.TrimSuffix(fields[1], "/") + "/"; strings.HasPrefix(dir+"/", point) {
			kind, longest = fields[2], len(fields[1])
		}
	}
	return kind
}
