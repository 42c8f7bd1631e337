package cli

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Who is open within a moment begins with the others. The last ones wait for nobody.
func TestAccountsWaitAMomentForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened, began := make(chan int), time.Now()
		go func() {
			defer close(opened)
			for n, after := range []time.Duration{time.Second, moment / 2, moment, 0} {
				time.Sleep(after)
				opened <- n
			}
		}()
		for _, want := range [][]int{{0, 1}, {2, 3}, nil} {
			if got := within(moment, opened); !slices.Equal(got, want) {
				t.Errorf("%v begin together, want %v", got, want)
			}
		}
		if took := time.Since(began); took != time.Second+moment*3/2 {
			t.Errorf("it took %s", took)
		}
	})
}
