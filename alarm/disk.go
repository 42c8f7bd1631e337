package alarm

import (
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"lama/archive"
)

// Disk is the room on the disk of the data folder.
type Disk struct {
	Path  string
	Known bool   // the system tells
	Free  uint64 // bytes, now
	Past  []Room // at the ends of earlier runs, the newest first
}

// Room is how many bytes were free at a moment.
type Room struct {
	At   archive.Time
	Free uint64
}

// A disk is nearly full below so many bytes, or where it will be full within so long.
const (
	LeastFree  = 1 << 30
	FullWithin = 14 * 24 * time.Hour
)

// The speed at which a disk fills is measured over a month at most, and over a day at least: an hour of a first run says
// nothing of the next week.
const (
	longSpan  = 30 * 24 * time.Hour
	shortSpan = 24 * time.Hour
)

// problem says what is wrong with the disk, and since when that is known; nothing where it has room.
func (d Disk) problem(now archive.Time) (text string, since archive.Time) {
	if !d.Known {
		return "", now
	}
	if d.Free < LeastFree {
		since = now
		for _, p := range d.Past {
			if p.Free >= LeastFree {
				break
			}
			since = p.At
		}
		return fmt.Sprintf("the disk of %s has %s left: make room, or runs will fail", d.Path, humanize.Bytes(d.Free)), since
	}
	if left, ok := d.left(now); ok && left < FullWithin {
		return fmt.Sprintf("the disk of %s has %s left and will be full in %s, as fast as it fills now: make room",
			d.Path, humanize.Bytes(d.Free), days(left)), now
	}
	return "", now
}

// left is how long the disk takes to fill, by what has gone since the oldest moment that counts.
func (d Disk) left(now archive.Time) (left time.Duration, ok bool) {
	var from Room
	for _, p := range d.Past {
		if now.Sub(p.At.Time) <= longSpan {
			from = p
		}
	}
	span := now.Sub(from.At.Time)
	if from.At.IsZero() || span < shortSpan || from.Free <= d.Free {
		return 0, false
	}
	return time.Duration(float64(d.Free) / float64(from.Free-d.Free) * float64(span)), true
}
