// Package systemd has no code: its tests check the units beside it with systemd's own tools.
package systemd

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
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

// units are what each variant has; the last one is started by the first.
var units = []string{"lama.service", "lama.timer", "lama-failed@.service"}

// installed is a copy of a variant's units, as on a machine where the program is installed. It returns their paths.
func installed(t *testing.T, variant string) []string {
	t.Helper()
	dir := t.TempDir()
	lama := filepath.Join(dir, "lama")
	if err := os.WriteFile(lama, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, name := range units {
		unit, err := os.ReadFile(filepath.Join(variant, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".service") && !program.Match(unit) {
			t.Fatalf("%s/%s starts no lama", variant, name)
		}
		unit = program.ReplaceAll(unit, []byte("ExecStart="+lama+" "))
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, unit, 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// A key that systemd does not know is a warning to it, and hardening that does not happen to us.
func TestSystemdHasNothingToSayAboutTheUnits(t *testing.T) {
	for _, variant := range []string{"system", "user"} {
		t.Run(variant, func(t *testing.T) {
			tool := analyze(t)
			args := append([]string{"--" + variant, "verify", "--man=no"}, installed(t, variant)...)
			cmd := exec.CommandContext(t.Context(), tool, args...)
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
	service := installed(t, "system")[0]
	cmd := exec.CommandContext(t.Context(), tool, "security", "--no-pager", "--offline=yes", "--threshold=15", service)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The user's services claim nothing that systemd can only do with namespaces, which a user may not be able to make:
// with those they would not start at all.
func TestTheUserServicesNeedNoNamespaces(t *testing.T) {
	for _, name := range units {
		unit, err := os.ReadFile(filepath.Join("user", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"Protect", "Private", "ReadWrite", "Inaccessible", "DynamicUser", "User", "Group"} {
			if regexp.MustCompile(`(?m)^` + key + `\w*=`).Match(unit) {
				t.Errorf("%s has %s…=", name, key)
			}
		}
	}
}

// What a failure starts is there, under the name by which it is started.
func TestAFailureStartsWhatTellsOfIt(t *testing.T) {
	for _, variant := range []string{"system", "user"} {
		unit, err := os.ReadFile(filepath.Join(variant, units[0]))
		if err != nil {
			t.Fatal(err)
		}
		template := strings.Replace(units[2], "@.", "@%N.", 1)
		if !regexp.MustCompile(`(?m)^OnFailure=` + regexp.QuoteMeta(template) + `$`).Match(unit) {
			t.Errorf("%s/%s does not start %s", variant, units[0], template)
		}
	}
}
