package pgtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestServerSurvives(t *testing.T) {
	for name, end := range map[string]func(*Server) error{"stop": (*Server).Stop, "kill": (*Server).Kill} {
		t.Run(name, func(t *testing.T) {
			s := New(t, Options{Durable: true, Settings: map[string]string{"work_mem": "2MB"}})
			db := s.URL(t)
			if err := execute(t.Context(), db, "CREATE TABLE posts AS SELECT 7 AS id"); err != nil {
				t.Fatal(err)
			}
			for range 2 { // ending what has ended is no error
				if err := end(s); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := query[int](t, db, "SELECT 1"); err == nil {
				t.Error("an ended server answers")
			}
			for range 2 {
				if err := s.Start(); err != nil {
					t.Fatal(err)
				}
			}
			if got := mustQuery[int](t, db, "SELECT id FROM posts"); got != 7 {
				t.Errorf("after the restart: got %d, want 7", got)
			}
			settings := "SELECT current_setting('fsync') || current_setting('work_mem')"
			if got := mustQuery[string](t, db, settings); got != "on2MB" {
				t.Errorf("settings: got %s, want on2MB", got)
			}
		})
	}
}

func TestServerLeavesNothing(t *testing.T) {
	var left []string
	t.Run("user", func(t *testing.T) {
		s := New(t, Options{})
		left = append(sharedMemory(t, s), s.dir)
	})
	for _, path := range left {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s of the server: got %v, want it gone", path, err)
		}
	}
}

// sharedMemory is what a server has of it, as files; Linux tells.
func sharedMemory(t *testing.T, s *Server) []string {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", s.process.Process.Pid))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	files := regexp.MustCompile(`/dev/shm/PostgreSQL\S*`).FindAllString(string(maps), -1)
	if len(files) == 0 {
		t.Fatal("the server has no shared memory")
	}
	return files
}

func TestServerSaysWhyItDoesNotStart(t *testing.T) {
	s := New(t, Options{})
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.data(), "PG_VERSION")); err != nil {
		t.Fatal(err)
	}
	if err := s.try(t.Context()); err == nil || !strings.Contains(err.Error(), "PG_VERSION") {
		t.Errorf("got %v, want the server's own words on PG_VERSION", err)
	}
}

func TestBinaries(t *testing.T) {
	root := t.TempDir()
	install := func(dir string, programs ...string) string {
		dir = filepath.Join(root, dir)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, p := range programs {
			if err := os.WriteFile(filepath.Join(dir, p), nil, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	onPath := install("path", "initdb", "postgres")
	clients := install("clients", "initdb")
	install("postgresql/9/bin", "initdb", "postgres")
	install("postgresql/18/bin", "initdb") // half a package
	newest := install("postgresql/17/bin", "initdb", "postgres")
	brew := install("opt/postgresql@18/bin", "initdb", "postgres")
	debian := filepath.Join(root, "postgresql/*/bin")

	for _, c := range []struct {
		name, path string
		places     []string
		want       string
		err        error
	}{
		{"PATH first", onPath, []string{debian}, onPath, nil},
		{"no server on PATH", clients, []string{debian}, newest, nil},
		{"newest of all", "", []string{debian, filepath.Join(root, "opt/postgresql*/bin")}, brew, nil},
		{"none", "", []string{filepath.Join(root, "nowhere/*")}, "", errNotFound},
	} {
		t.Setenv("PATH", c.path)
		if got, err := binaries(c.places); got != c.want || err != c.err {
			t.Errorf("%s: got %q, %v, want %q, %v", c.name, got, err, c.want, c.err)
		}
	}
}
