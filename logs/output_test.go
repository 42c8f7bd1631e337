package logs

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scarce is a disk that has room for some bytes.
type scarce struct {
	room int
	got  strings.Builder
}

var errFull = errors.New("no space left on device")

func (s *scarce) Write(p []byte) (int, error) {
	n := min(len(p), s.room)
	s.room -= n
	s.got.Write(p[:n])
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestFullDisk(t *testing.T) {
	l, console := open(t, Options{})
	disk := &scarce{room: 10}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l.output.file.w = disk
	l.Logger.Info().Msg("torn")
	l.Logger.Info().Msg("lost")
	disk.room = 1000 // somebody made room
	l.Logger.Info().Msg("kept")
	l.Logger.Info().Msg("kept too")
	disk.room = 0
	l.Logger.Info().Msg("full again")

	alarm := "the log file cannot be written: the run goes on"
	want := []string{alarm, "torn", "lost", "kept", "kept too", alarm, "full again"}
	if diff := cmp.Diff(want, messages(t, console.String())); diff != "" {
		t.Errorf("console (-want +got):\n%s", diff)
	}
	if !strings.Contains(console.String(), errFull.Error()) {
		t.Errorf("console does not say why:\n%s", console)
	}
	first, rest, _ := strings.Cut(disk.got.String(), "\n")
	if got := messages(t, rest); first != `{"level":"` || !cmp.Equal(got, []string{"kept", "kept too"}) {
		t.Errorf("file: got %q, then %q", first, got)
	}
}

func TestConsoleIsGivenUpOnce(t *testing.T) {
	for _, level := range []string{"info", "critical"} {
		out := &scarce{}
		l, _ := open(t, Options{Level: level, Out: out})
		l.Logger.Error().Msg("one")
		out.room = 1000
		l.Logger.Error().Msg("two")
		want := []string{"one", "the console is gone: the run goes on and logs to this file only", "two"}
		if diff := cmp.Diff(want, messages(t, content(t, l.Path))); diff != "" {
			t.Errorf("%s: file (-want +got):\n%s", level, diff)
		}
		if got := out.got.String(); got != "" {
			t.Errorf("%s: a console that failed was written to: %q", level, got)
		}
	}
}

func TestBothFail(t *testing.T) {
	l, _ := open(t, Options{Out: &scarce{}})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l.output.file.w = &scarce{}
	l.Logger.Error().Msg("to nobody") // and no panic, no deadlock
}

// TestBrokenPipe runs this test in a process of its own, whose standard output is closed under its hands.
func TestBrokenPipe(t *testing.T) {
	if dir := os.Getenv("LOGS_TEST_DIR"); dir != "" {
		writeToBrokenPipe(dir)
	}
	dir := t.TempDir()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestBrokenPipe$")
	child.Env = append(os.Environ(), "LOGS_TEST_DIR="+dir)
	child.Stdout, child.Stderr = w, os.Stderr
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil { // ours: the child has its own
		t.Fatal(err)
	}
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil || !cmp.Equal(messages(t, line), []string{"heard"}) {
		t.Errorf("the collector got %q, %v", line, err)
	}
	if err := errors.Join(r.Close(), stdin.Close()); err != nil { // the collector dies; the child goes on
		t.Fatal(err)
	}
	if err := child.Wait(); err != nil {
		t.Errorf("the run ended with %v", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("got files %v, %v", files, err)
	}
	want := []string{"heard", "unheard", "the console is gone: the run goes on and logs to this file only", "unheard"}
	if diff := cmp.Diff(want, messages(t, content(t, dir+"/"+files[0].Name()))); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

func writeToBrokenPipe(dir string) {
	l, err := Open(Options{Dir: dir, Level: "info"})
	if err != nil {
		os.Exit(3)
	}
	l.Logger.Info().Msg("heard")
	_, _ = io.Copy(io.Discard, os.Stdin) // until the collector is dead
	l.Logger.Info().Msg("unheard")
	l.Logger.Info().Msg("unheard")
	if l.Close() != nil {
		os.Exit(4)
	}
	os.Exit(0)
}

func TestManyWriters(t *testing.T) {
	l, console := open(t, Options{})
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for range 50 {
				l.Logger.Info().Msg("line")
				l.Hide("secret-token")
			}
		})
	}
	writers.Wait()
	if got := len(messages(t, console.String())); got != 400 {
		t.Errorf("console: got %d lines, want 400", got)
	}
	if got := len(messages(t, content(t, l.Path))); got != 400 {
		t.Errorf("file: got %d lines, want 400", got)
	}
}
