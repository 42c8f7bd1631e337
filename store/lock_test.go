package store_test

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"lama/store"
)

func TestOneRunHoldsTheArchive(t *testing.T) {
	for name, url := range databases {
		t.Run(name, func(t *testing.T) {
			u := url(t)
			first, second := open(t, u), open(t, u)
			release, err := first.Lock(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, err = second.Lock(t.Context())
			inUse, ok := errors.AsType[*store.InUse](err)
			if !ok || !strings.Contains(inUse.Holder, strconv.Itoa(os.Getpid())) {
				t.Fatalf("got %v, want the process that holds it", err)
			}
			release()
			release, err = second.Lock(t.Context())
			if err != nil {
				t.Fatalf("after the release: %v", err)
			}
			release()
		})
	}
}
