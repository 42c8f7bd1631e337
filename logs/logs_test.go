package logs

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// now is a summer's night in Berlin.
var now = time.Date(2026, 7, 1, 23, 30, 5, 250e6, time.FixedZone("CEST", 2*60*60))

// open opens a log in a folder of the test with a console that is kept.
func open(t *testing.T, o Options) (*Log, *bytes.Buffer) {
	t.Helper()
	console := new(bytes.Buffer)
	if o.Out == nil {
		o.Out = console
	}
	if o.Dir == "" {
		o.Dir = filepath.Join(t.TempDir(), "user", "logs")
	}
	if o.Now == nil {
		o.Now = func() time.Time { return now }
	}
	if o.Level == "" {
		o.Level = "info"
	}
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l, console
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// messages are what lines of JSON say.
func messages(t *testing.T, lines string) []string {
	t.Helper()
	var said []string
	for line := range strings.Lines(lines) {
		var event struct{ Message string }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		said = append(said, event.Message)
	}
	return said
}

func TestLevels(t *testing.T) {
	all := []string{"d", "i", "w", "e"}
	for _, c := range []struct {
		name          string
		o             Options
		file, console []string
	}{
		{"debug", Options{Level: "debug"}, all, all},
		{"info", Options{Level: "info"}, all[1:], all[1:]},
		{"warning", Options{Level: "warning"}, all[2:], all[2:]},
		{"critical", Options{Level: "critical"}, all[3:], all[3:]},
		{"terminal", Options{Level: "debug", Terminal: true}, all, all[2:]},
		{"terminal, critical", Options{Level: "critical", Terminal: true}, all[3:], all[3:]},
		{"terminal, text", Options{Level: "info", Terminal: true, Format: "text"}, all[1:], all[1:]},
		{"terminal, json", Options{Level: "info", Terminal: true, Format: "json"}, all[1:], all[1:]},
		{"text", Options{Level: "info", Format: "text"}, all[1:], all[1:]},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, console := open(t, c.o)
			l.Logger.Debug().Msg("d")
			l.Logger.Info().Msg("i")
			l.Logger.Warn().Msg("w")
			l.Logger.Error().Msg("e")
			if diff := cmp.Diff(c.file, messages(t, content(t, l.Path))); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
			if got := strings.Count(console.String(), "\n"); got != len(c.console) {
				t.Errorf("console: got %d lines, want %d:\n%s", got, len(c.console), console)
			}
			asJSON := c.o.Format == "json" || c.o.Format == "" && !c.o.Terminal
			if got := strings.HasPrefix(console.String(), "{"); got != asJSON {
				t.Errorf("console is JSON: got %v, want %v:\n%s", got, asJSON, console)
			}
			coloured := strings.Contains(console.String(), "\x1b[")
			if want := c.o.Terminal && !asJSON; coloured != want {
				t.Errorf("console has colours: got %v, want %v:\n%s", coloured, want, console)
			}
		})
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{Level: "verbose"}, {Level: "info", Format: "xml"}} {
		o.Dir = filepath.Join(t.TempDir(), "logs")
		if _, err := Open(o); err == nil || !strings.Contains(err.Error(), "choose") {
			t.Errorf("%+v: got %v, want an error that names the choices", o, err)
		}
		if _, err := os.Stat(o.Dir); !os.IsNotExist(err) {
			t.Error("a refused option left a folder")
		}
	}
}

func TestFileOnly(t *testing.T) {
	l, console := open(t, Options{Level: "debug"})
	l.File.Debug().RawJSON("status", []byte(`{"visibility":"direct"}`)).Msg("page")
	if got := content(t, l.Path); !strings.Contains(got, `{"visibility":"direct"}`) {
		t.Errorf("file: got %s", got)
	}
	if console.Len() > 0 {
		t.Errorf("console: got %s, want nothing", console)
	}
}

func TestLine(t *testing.T) {
	local := time.Local
	time.Local = now.Location()
	defer func() { time.Local = local }()

	l, console := open(t, Options{})
	l.Logger.Info().Int("posts", 40).Msg("settled")
	want := `{"level":"info","posts":40,"time":"2026-07-01T23:30:05.250+02:00","message":"settled"}` + "\n"
	if diff := cmp.Diff(want, console.String()); diff != "" {
		t.Errorf("console (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, content(t, l.Path)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	if got := filepath.Base(l.Path); got != "LAMA-run-20260701-233005.log" {
		t.Errorf("name: got %s", got)
	}

	l, console = open(t, Options{Format: "text"})
	l.Logger.Info().Int("posts", 40).Msg("settled")
	if diff := cmp.Diff("23:30:05 INF settled posts=40\n", console.String()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestFilesOfOneSecond(t *testing.T) {
	dir := t.TempDir()
	for _, end := range []string{"05.log", "05-02.log", "05-03.log"} {
		if l, _ := open(t, Options{Dir: dir}); !strings.HasSuffix(l.Path, end) {
			t.Errorf("got %s, want it to end in %s", l.Path, end)
		}
	}
}

func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has other permissions")
	}
	l, _ := open(t, Options{})
	for path, want := range map[string]os.FileMode{l.Path: 0o600, filepath.Dir(l.Path): 0o700} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got %o, want %o", path, got, want)
		}
	}
}

func TestNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "user")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(Options{Dir: filepath.Join(file, "logs"), Level: "info"})
	if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "user_dir") {
		t.Errorf("got %v, want an error that names the folder and user_dir", err)
	}
}

func TestClosed(t *testing.T) {
	l, console := open(t, Options{})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l.Logger.Info().Msg("late")
	if got := messages(t, console.String()); !cmp.Equal(got, []string{"late"}) {
		t.Errorf("console: got %q", got)
	}
	if got := content(t, l.Path); got != "" {
		t.Errorf("file: got %q", got)
	}
}
