package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// A process begins to collect garbage late, and goes on as Go does, or as whoever set GOGC wants.
func TestGarbageIsCollectedLaterOnce(t *testing.T) {
	begun := debug.SetGCPercent(100)
	defer debug.SetGCPercent(begun)
	now := func() int {
		percent := debug.SetGCPercent(0)
		debug.SetGCPercent(percent)
		return percent
	}
	if collectLater(); now() != early {
		t.Errorf("it begins with %d %%", now())
	}
	for wait := time.Now().Add(10 * time.Second); now() != 100 && time.Now().Before(wait); runtime.Gosched() {
		runtime.GC()
	}
	if now() != 100 {
		t.Errorf("it goes on with %d %%", now())
	}
	debug.SetGCPercent(50)
	if collectLater(); now() != 50 {
		t.Errorf("%d %% where 50 were wanted", now())
	}
}
