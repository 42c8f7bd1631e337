//go:build unix

package pgtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// gone waits until a folder is no more.
func gone(t *testing.T, dir string) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	late := time.After(patience)
	for {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("%s is still there", dir)
		}
	}
}

// TestServerEndsWithItsProcess runs this test in a process of its own that ends without clean-up.
func TestServerEndsWithItsProcess(t *testing.T) {
	if how := os.Getenv("PGTEST_END"); how != "" {
		s, err := shared()
		need(t, err)
		fmt.Println("folder", s.dir)
		end(how)
	}
	for _, how := range []string{"panic", "exit", "kill"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(os.Args[0], "-test.run=^TestServerEndsWithItsProcess$")
			child.Env = append(os.Environ(), "PGTEST_END="+how)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			var dir string
			for lines := bufio.NewScanner(out); lines.Scan(); {
				if path, ok := strings.CutPrefix(lines.Text(), "folder "); ok {
					dir = path
				}
			}
			if err := child.Wait(); err == nil {
				t.Error("the child ended well")
			}
			if !strings.HasPrefix(dir, filepath.Join(root, prefix)) {
				t.Fatalf("the child's server has the folder %q", dir)
			}
			gone(t, dir)
		})
	}
}

func end(how string) {
	switch how {
	case "panic":
		panic("as a test may")
	case "exit":
		os.Exit(1)
	}
	p, _ := os.FindProcess(os.Getpid())
	_ = p.Kill()
	select {}
}

func TestSweep(t *testing.T) {
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	dead, alive := fmt.Sprint(ended.Process.Pid), fmt.Sprint(os.Getpid())
	tmp := t.TempDir()
	for _, c := range []struct {
		name, server string
		want         bool
	}{
		{prefix + dead + "-1", dead, false},
		{prefix + dead + "-2", "", false},
		{prefix + dead + "-3", alive, true}, // its guard is at work
		{prefix + alive + "-4", dead, true}, // killed by its test
		{prefix + alive + "-5", "", true},   // being made
		{"lama", dead, true},
	} {
		data := filepath.Join(tmp, c.name, "data")
		if err := os.MkdirAll(data, 0o700); err != nil {
			t.Fatal(err)
		}
		if c.server != "" {
			pid := filepath.Join(data, "postmaster.pid")
			if err := os.WriteFile(pid, []byte(c.server+"\n/data\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		sweep(tmp)
		if _, err := os.Stat(data); (err == nil) != c.want {
			t.Errorf("%s with server %q: got %v, want it kept: %v", c.name, c.server, err, c.want)
		}
	}
}
