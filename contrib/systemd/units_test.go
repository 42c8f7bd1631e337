// Package systemd has no code: its tests check the units beside it with systemd's own tools.
package systemd

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// analyze is the path of systemd-analyze, which needs no running systemd.
func analyze(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("systemd-analyze")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no systemd-analyze: install systemd")
		}
		t.Skip("NOT TESTED: the units are checked with systemd-analyze, which is not here")
	}
	return path
}

var program = regexp.MustCompile(`(?m)^ExecStart=\S+/lama `)

// installed is a copy of a variant's units, as on a machine where the program is installed.
func installed(t *testing.T, variant string) (service, timer string) {
	t.Helper()
	dir := t.TempDir()
	lama := filepath.Join(dir, "lama")
	if err := os.WriteFile(lama, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	service, timer = filepath.Join(dir, "lama.service"), filepath.Join(dir, "lama.timer")
	for _, path := range []string{service, timer} {
		unit, err := os.ReadFile(filepath.Join(variant, filepath.Base(path)))
		if err != nil {
			t.Fatal(err)
		}
		if path == service && !program.Match(unit) {
			t.Fatalf("%s/lama.service starts no lama", variant)
		}
		unit = program.ReplaceAll(unit, []byte("ExecStart="+lama+" "))
		if err := os.WriteFile(path, unit, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return service, timer
}

// A key that systemd does not know is a warning to it, and hardening that does not happen to us.
func TestSystemdHasNothingToSayAboutTheUnits(t *testing.T) {
	for _, variant := range []string{"system", "user"} {
		t.Run(variant, func(t *testing.T) {
			tool := analyze(t)
			service, timer := installed(t, variant)
			cmd := exec.CommandContext(t.Context(), tool, "--"+variant, "verify", "--man=no", service, timer)
			cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir())
			if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// The most that systemd finds exposed, on its scale of 0 to 100. The network and the file system leave 12.
func TestTheSystemServiceIsHardened(t *testing.T) {
	tool := analyze(t)
	service, _ := installed(t, "system")
	cmd := exec.CommandContext(t.Context(), tool, "security", "--no-pager", "--offline=yes", "--threshold=15", service)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The user's service claims nothing that systemd can only do with namespaces, which a user may not be able to make:
// with those it would not start at all.
func TestTheUserServiceNeedsNoNamespaces(t *testing.T) {
	unit, err := os.ReadFile(filepath.Join("user", "lama.service"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"Protect", "Private", "ReadWrite", "Inaccessible", "DynamicUser", "User", "Group"} {
		if regexp.MustCompile(`(?m)^` + key + `\w*=`).Match(unit) {
			t.Errorf("it has %s…=", key)
		}
	}
}
