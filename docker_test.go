//go:build linux

package main_test

import (
	"crypto/x509"
	"debug/elf"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// LAMA's two mount points, and where the program works.
const (
	workDir    = "/usr/src/app"
	userFolder = workDir + "/user"
	prefsFile  = workDir + "/prefs.json"
)

// No Docker engine runs where the tests run, so they do the Dockerfile's steps themselves and run what comes of it
// with the folder as its root: a container without the engine.
func TestDockerImage(t *testing.T) {
	i := buildImage(t)
	if diff := cmp.Diff(image{"scratch", i.root, workDir, []string{"DOCKER_MODE=1"}, []string{userFolder},
		[]string{"/usr/local/bin/lama"}}, *i, cmp.AllowUnexported(image{})); diff != "" {
		t.Error(diff)
	}
	t.Run("is small", i.isSmall)
	t.Run("runs alone", i.runsAlone)
	t.Run("knows the authorities", i.knowsTheAuthorities)
	t.Run("shows help", i.showsHelp)
	t.Run("tells where prefs.json may be", i.tellsWherePrefsMayBe)
	t.Run("finds both mounts", i.findsBothMounts)
	t.Run("keeps the time of TZ", i.keepsTheTimeOfTZ)
}

// Nothing of the build stage or of this machine is in it.
func (i *image) isSmall(t *testing.T) {
	var got []string
	err := filepath.WalkDir(i.root, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			got = append(got, strings.TrimPrefix(p, i.root))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/etc/ssl/certs/ca-certificates.crt", "/usr/local/bin/lama"}, got); diff != "" {
		t.Error(diff)
	}
}

func (i *image) runsAlone(t *testing.T) {
	f, err := elf.Open(i.host(i.entrypoint[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		t.Error("the program needs a dynamic linker")
	}
}

func (i *image) knowsTheAuthorities(t *testing.T) {
	pem, err := os.ReadFile(i.host("/etc/ssl/certs/ca-certificates.crt"))
	if err != nil || !x509.NewCertPool().AppendCertsFromPEM(pem) {
		t.Errorf("there are no certificates of authorities: %v", err)
	}
}

func (i *image) showsHelp(t *testing.T) {
	got := i.run(t, container{}, "init", "--help")
	if got.code != 0 || !strings.Contains(got.stdout, "lama init") {
		t.Errorf("%+v", got)
	}
}

func (i *image) tellsWherePrefsMayBe(t *testing.T) {
	got := i.run(t, container{})
	if got.code != 2 || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("%+v", got)
	}
	for _, path := range []string{userFolder + "/prefs.json", prefsFile} {
		if !strings.Contains(got.stderr, path) {
			t.Errorf("%q does not name %s", got.stderr, path)
		}
	}
}

// somebody is who has never authorised LAMA, so that no run asks a server. Their user_dir does not count.
const somebody = `{"accounts": [{"username": "ana", "instance": "home.example"}], "prefs": {"user_dir": "/elsewhere"}}`

func (i *image) findsBothMounts(t *testing.T) {
	for want, files := range map[string]map[string]string{
		prefsFile:                  {prefsFile: somebody},
		userFolder + "/prefs.json": {prefsFile: "{", userFolder + "/prefs.json": somebody},
	} {
		t.Run(want, func(t *testing.T) {
			got := i.run(t, container{files: files}, "config", "--json")
			var config struct {
				File  string
				Prefs map[string]struct{ Value any }
			}
			if err := json.Unmarshal([]byte(got.stdout), &config); err != nil {
				t.Fatalf("%v %+v", err, got)
			}
			if config.File != want || config.Prefs["user_dir"].Value != userFolder {
				t.Errorf("it reads %s and writes to %v", config.File, config.Prefs["user_dir"].Value)
			}
		})
	}
}

// The image has no zoneinfo: the program brings the time zones.
func (i *image) keepsTheTimeOfTZ(t *testing.T) {
	for _, zone := range []string{"", "Europe/Zurich", "Asia/Kathmandu"} {
		t.Run("TZ="+zone, func(t *testing.T) {
			location, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			got := i.run(t, container{files: map[string]string{prefsFile: somebody}, env: []string{"TZ=" + zone}})
			if got.code != 3 || len(got.times) == 0 {
				t.Fatalf("%+v", got)
			}
			for _, stamp := range got.times {
				at, err := time.Parse(time.RFC3339, stamp)
				if want := at.In(location).Format("2006-01-02T15:04:05.000Z07:00"); err != nil || stamp != want {
					t.Errorf("the log says %s, not %s (%v)", stamp, want, err)
				}
			}
		})
	}
}

// container is what stands before the image's name in `docker run`.
type container struct {
	files map[string]string // -v
	env   []string          // -e
}

// outcome is what a container prints, and the times in its log.
type outcome struct {
	code           int
	stdout, stderr string
	times          []string
}

// run is `docker run --rm`: the program with the image as its root, and nothing else.
func (i *image) run(t *testing.T, c container, args ...string) outcome {
	t.Helper()
	defer i.discard(t)
	for at, content := range c.files {
		if err := os.WriteFile(i.host(at), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), i.entrypoint[0], append(i.entrypoint[1:], args...)...)
	cmd.Stdout, cmd.Stderr, cmd.Dir, cmd.SysProcAttr = &stdout, &stderr, i.dir, jail(i.root)
	cmd.Env = slices.Concat([]string{"HOME=/"}, i.env, c.env)
	err := cmd.Run()
	if errors.Is(err, syscall.EPERM) && os.Getenv("CI") == "" {
		t.Skipf("NOT TESTED: only root may run a program in a root of its own here: %v", err)
	}
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), i.logTimes(t)}
}

// jail makes a folder the root of a program, and as -u does, its user one who owns nothing there.
func jail(root string) *syscall.SysProcAttr {
	if os.Geteuid() == 0 {
		return &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 1234, Gid: 1234}}
	}
	me := []syscall.SysProcIDMap{{ContainerID: 1234, HostID: os.Geteuid(), Size: 1}}
	return &syscall.SysProcAttr{Chroot: root, Cloneflags: syscall.CLONE_NEWUSER, UidMappings: me}
}

var logTime = regexp.MustCompile(`"time":"([^"]*)"`)

func (i *image) logTimes(t *testing.T) (times []string) {
	t.Helper()
	files, _ := filepath.Glob(i.host(userFolder + "/logs/LAMA-run-*.log"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range logTime.FindAllSubmatch(text, -1) {
			times = append(times, string(m[1]))
		}
	}
	return times
}

// discard removes what a container left: --rm, and with it what the volume held.
func (i *image) discard(t *testing.T) {
	t.Helper()
	left, _ := filepath.Glob(i.host(userFolder + "/*"))
	for _, path := range append(left, i.host(prefsFile)) {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
}

// What git does not get, because it is private or built, the Docker engine does not get either.
func TestDockerIgnoresWhatGitIgnores(t *testing.T) {
	want := patternsOf(t, ".gitignore")
	for n, p := range want {
		if !strings.HasPrefix(p, "/") {
			want[n] = "**/" + p // git's way to say anywhere is Docker's way to say here
		}
	}
	if diff := cmp.Diff(want, patternsOf(t, ".dockerignore")); diff != "" {
		t.Error(diff)
	}
}

// The build stage has the Go of go.mod.
func TestDockerBuildsWithOurGo(t *testing.T) {
	for _, s := range readSteps(t, "go.mod") {
		if s.name != "go" {
			continue
		}
		ours := s.args[:strings.LastIndex(s.args, ".")]
		if first := readSteps(t, "Dockerfile")[0]; !strings.HasPrefix(first.args, "golang:"+ours+" ") {
			t.Errorf("go.mod says %s, the Dockerfile FROM %s", s.args, first.args)
		}
	}
}
