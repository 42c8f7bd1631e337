package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"
)

// Only systems without syncfs need it: Linux would never get here.
func TestSyncEach(t *testing.T) {
	f, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.WriteJSON("a/b/c.json", nil); err != nil {
		t.Fatal(err)
	}
	if err := f.syncEach([]string{"a/b/c.json"}); err != nil {
		t.Error(err)
	}
	if err := f.syncEach([]string{"a/b/gone.json"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is gone: %v", err)
	}
}

// Files that ask for one name at the same moment all get a name, and none takes another's.
func TestTakeAtOnce(t *testing.T) {
	f, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for round := range 20 {
		start, got := make(chan struct{}), make([]string, 16)
		var wg sync.WaitGroup
		for i := range got {
			tmp, err := f.Create("temp")
			if err != nil {
				t.Fatal(err)
			}
			if _, err = fmt.Fprint(tmp, i/2); err == nil {
				err = tmp.finish()
			}
			if err != nil {
				t.Fatal(err)
			}
			wg.Go(func() {
				defer tmp.Discard()
				<-start
				got[i], _ = tmp.take(fmt.Sprintf("new/%d/x.jpg", round))
			})
		}
		close(start)
		wg.Wait()
		names := map[string]bool{}
		for i, p := range got {
			names[p] = true
			if data, err := f.root.ReadFile(p); string(data) != fmt.Sprint(i/2) {
				t.Errorf("%s holds %q, %v, want %d", p, data, err, i/2)
			}
		}
		if len(names) != len(got)/2 {
			t.Errorf("8 contents have %d names", len(names))
		}
	}
}
