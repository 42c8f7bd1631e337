package progress

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"lama/archive"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got += "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// show runs a test with a display in a bubble, whose clock begins at midnight of 1 January 2000 UTC.
func show(t *testing.T, width, height int, test func(t *testing.T, b *Board, s *screen)) {
	t.Helper()
	local := time.Local
	time.Local = time.FixedZone("CET", 60*60)
	defer func() { time.Local = local }()
	synctest.Test(t, func(t *testing.T) {
		s := newScreen(t, width, height)
		b := open(s, &terminal{out: s, size: s.size}, painted)
		defer b.Done()
		test(t, b, s)
	})
}

// pass lets time pass and waits until all that follows from it is drawn.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// tell tells of a run in full swing.
func tell(b *Board) {
	now := time.Now()
	b.Collection("alice@mastodon.example", archive.Favourites, 1, 1, Complete)
	b.Collection("alice@mastodon.example", archive.Statuses, 31, 1240, Reading)
	b.Collection("alice@mastodon.example", archive.Notifications, 0, 0, "not asked for")
	b.Collection("bob@social.example:8443", archive.Bookmarks, 2, 55, Failed+": the token was revoked")
	b.References("alice@mastodon.example", 1204)
	b.References("bob@social.example:8443", 0)
	b.Media(320, 1203, 12_400_000)
	b.Wait("files.example", "answered 503", now.Add(90*time.Second))
	b.Wait("alice@mastodon.example", "rate limit", now.Add(4*time.Minute))
	b.Wait("漢字.example", "asked for a long wait", now.Add(30*time.Hour))
}

func TestBoard(t *testing.T) {
	show(t, 80, 24, func(t *testing.T, b *Board, s *screen) {
		pass(time.Second)
		golden(t, "start", s.String())
		tell(b)
		pass(time.Second)
		golden(t, "running", s.String())
		if s.colours == 0 {
			t.Error("no colours")
		}
		b.Collection("alice@mastodon.example", archive.Statuses, 40, 1600, Complete)
		b.References("alice@mastodon.example", 0)
		b.Media(1523, 0, 60_000_000)
		pass(100 * time.Second)
		golden(t, "later", s.String())
	})
}

func TestDoneLeavesNothing(t *testing.T) {
	for _, height := range []int{5, 24} {
		show(t, 80, height, func(t *testing.T, b *Board, s *screen) {
			_, _ = io.WriteString(s, "$ lama\n")
			tell(b)
			pass(time.Second)
			_, _ = fmt.Fprintln(b, "a warning that takes more than one line "+strings.Repeat("x", 80))
			pass(time.Second)
			_, _ = fmt.Fprintln(b, "another")
			b.Done()
			b.Done()
			tell(b)
			_, _ = fmt.Fprintln(b, "the summary")
			want := "$ lama\na warning that takes more than one line " + strings.Repeat("x", 40) + "\n" +
				strings.Repeat("x", 40) + "\nanother\nthe summary"
			if diff := cmp.Diff(want, s.String()); diff != "" {
				t.Errorf("height %d (-want +got):\n%s", height, diff)
			}
		})
	}
}

func TestSmallTerminals(t *testing.T) {
	for width := 1; width <= 90; width += 7 {
		for _, height := range []int{1, 2, 8, 16, 40} {
			show(t, width, height, func(t *testing.T, b *Board, s *screen) {
				tell(b)
				for range 3 { // drawn again and again, it pushes nothing out at the top
					pass(time.Second)
				}
				shown := strings.Split(s.String(), "\n")
				if len(shown) > max(1, height-1) {
					t.Errorf("%d x %d: %d lines:\n%s", width, height, len(shown), s)
				}
				for _, line := range shown {
					if runewidth.StringWidth(line) > width {
						t.Errorf("%d x %d: too wide: %q", width, height, line)
					}
				}
			})
		}
	}
}

func TestTooManyLines(t *testing.T) {
	show(t, 50, 10, func(t *testing.T, b *Board, s *screen) {
		tell(b)
		pass(time.Second)
		golden(t, "low", s.String())
		for i := range 100 {
			b.Collection(fmt.Sprintf("%d@mastodon.example", i), archive.Statuses, 1, 40, Reading)
		}
		pass(time.Second)
		if got := strings.Split(s.String(), "\n"); len(got) != 9 || got[0] != "… 205 more lines" {
			t.Errorf("got %q, want 9 lines, and 205 more", got)
		}
	})
}

func TestNoSizeIsTheUsualSize(t *testing.T) {
	for _, size := range []func() (int, int, error){
		func() (int, int, error) { return 0, 0, nil },
		func() (int, int, error) { return 200, 50, errors.New("not a terminal") },
	} {
		term := terminal{size: size}
		if w, h := term.known(); w != 80 || h != 24 {
			t.Errorf("got %d x %d, want 80 x 24", w, h)
		}
	}
}

func TestHostileNames(t *testing.T) {
	const evil = "a\x1b[2J\u202eb\nc\u009bd"
	show(t, 80, 24, func(t *testing.T, b *Board, s *screen) {
		b.Collection(evil, evil, 1, 1, State(evil))
		b.Wait(evil, evil, time.Now().Add(time.Minute))
		pass(time.Second)
		const harmless = "a[2Jbcd" // the screen reports any control character
		if got := strings.Count(s.String(), harmless); got != 5 || strings.ContainsRune(s.String(), '\u202e') {
			t.Errorf("got %d times %s, want 5:\n%s", got, harmless, s)
		}
	})
}

func TestDrawsTenTimesASecond(t *testing.T) {
	show(t, 80, 24, func(t *testing.T, b *Board, s *screen) {
		for i := range 2000 {
			b.Media(i, 1, 1)
			b.Collection("a@b.example", archive.Statuses, i, i, Reading)
			pass(time.Millisecond)
		}
		if s.writes < 15 || s.writes > 21 {
			t.Errorf("drawn %d times in 2 s, want 20 times", s.writes)
		}
	})
}

func TestGoneTerminal(t *testing.T) {
	show(t, 80, 24, func(t *testing.T, b *Board, s *screen) {
		gone := errors.New("input/output error")
		s.fail(gone)
		pass(time.Second)
		tell(b)
		if _, err := fmt.Fprintln(b, "a warning"); !errors.Is(err, gone) {
			t.Errorf("got %v, want %v: the log must learn of it", err, gone)
		}
		b.Done()
	})
}

func TestManyTellers(t *testing.T) {
	b := open(io.Discard, &terminal{out: io.Discard, size: func() (int, int, error) { return 80, 24, nil }}, painted)
	var tellers sync.WaitGroup
	for range 8 {
		tellers.Go(func() {
			for i := range 200 {
				tell(b)
				_, _ = fmt.Fprintln(b, "line")
				if i == 150 {
					b.Done()
				}
			}
		})
	}
	tellers.Wait()
}

func TestNilBoard(t *testing.T) {
	var b *Board
	tell(b)
	if n, err := b.Write([]byte("line\n")); n != 5 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	b.Done()
}

func TestColours(t *testing.T) {
	for env, want := range map[string]string{"": "\x1b[31mx\x1b[0m", "1": "x"} {
		t.Setenv("NO_COLOR", env)
		if got := newPainter()(red, "x"); got != want {
			t.Errorf("NO_COLOR=%s: got %q, want %q", env, got, want)
		}
	}
}
