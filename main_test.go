//go:build sqlite

package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be the program, as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lama": func() { os.Exit(run()) }})
}

// TestScripts runs the program as people do: a script for each command and each way to fail. The commands that are
// ours stand in script_test.go. After each script nothing that was printed or written may hold a secret.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"), Setup: newStage, Cmds: commands,
		Condition:           func(cond string) (bool, error) { return cond == "root" && os.Getuid() == 0, nil },
		RequireExplicitExec: true, RequireUniqueNames: true,
	})
}

// A program that was built without SQLite says so where it would need it, and how to build it.
func TestWithoutSQLite(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "lama")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	prefs := `{"accounts": [{"username": "ana", "instance": "social.example"}]}`
	if err := os.WriteFile(filepath.Join(dir, "prefs.json"), []byte(prefs), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "backup.tar"), tarred(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"run"}, {"restore", "--to", "restored", "backup.tar"}} {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(string(out), "-tags sqlite") {
			t.Errorf("%v: exit code %d, %v: %s", args, code, err, out)
		}
	}
}

// exits runs a program and checks its exit code: exits CODE PROGRAM [ARGUMENT]...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program [argument]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	stageOf(ts).keep(ts.ReadFile("stdout") + ts.ReadFile("stderr"))
	if got := codeOf(ts, err); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// codeOf is the exit code of a program that ended with err.
func codeOf(ts *testscript.TestScript, err error) int {
	exit, failed := errors.AsType[*exec.ExitError](err)
	switch {
	case failed:
		return exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	return 0
}

// tarred is the beginning of a backup.
func tarred(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w, id := tar.NewWriter(&b), []byte("AN ARCHIVE")
	err := w.WriteHeader(&tar.Header{Name: "data/archive.id", Size: int64(len(id)), Mode: 0o600})
	if err == nil {
		_, err = w.Write(id)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
