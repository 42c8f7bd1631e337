package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// A process begins to collect garbage late, and goes on as Go does, or as whoever set GOGC wants.
func TestGarbageIsCollectedLaterOnce(t *testing.T) {
	begun, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	defer debug.SetGCPercent(begun)
	defer debug.SetMemoryLimit(limit)
	now := func() int {
		percent := debug.SetGCPercent(0)
		debug.SetGCPercent(percent)
		return percent
	}
	if rationMemory(); now() != early {
		t.Errorf("it begins with %d %%", now())
	}
	for wait := time.Now().Add(10 * time.Second); now() != 100 && time.Now().Before(wait); runtime.Gosched() {
		runtime.GC()
	}
	if now() != 100 {
		t.Errorf("it goes on with %d %%", now())
	}
	debug.SetGCPercent(50)
	if rationMemory(); now() != 50 {
		t.Errorf("%d %% where 50 were wanted", now())
	}
}

// What Go may take up is bounded, unless whoever set GOMEMLIMIT wants another bound.
func TestMemoryIsRationed(t *testing.T) {
	percent, begun := debug.SetGCPercent(100), debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetGCPercent(percent)
	defer debug.SetMemoryLimit(begun)
	if rationMemory(); debug.SetMemoryLimit(-1) != memory {
		t.Errorf("the bound is %d", debug.SetMemoryLimit(-1))
	}
	debug.SetMemoryLimit(1 << 30)
	if rationMemory(); debug.SetMemoryLimit(-1) != 1<<30 {
		t.Errorf("the bound is %d where 1 GiB was wanted", debug.SetMemoryLimit(-1))
	}
}
