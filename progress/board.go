// Package progress shows on a terminal what a run is doing: per account its collections and pending references,
// the media, and what is waited for.
//
// It only displays. Whoever knows a figure tells the [Board], as often as it changes; the terminal is drawn ten
// times a second from what was told last. A nil Board takes everything and shows nothing, so that nobody asks
// whether there is a terminal.
package progress

import (
	"io"
	"slices"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/vbauerster/mpb/v8"

	"lama/archive"
)

// refresh is the time between two drawings.
const refresh = 100 * time.Millisecond

// State is how far a collection is: one of the constants, detail after a colon where there is some
// (Failed + ": the token was revoked"), or any other short text.
type State string

// The states that have a mark of their own.
const (
	Reading  State = "reading"
	Complete State = "complete"
	Failed   State = "failed"
)

// Board is the display. Its methods may be called from any goroutine, and do nothing on a nil Board.
type Board struct {
	out   io.Writer
	term  *terminal
	bars  *mpb.Progress
	paint painter
	bar   mpb.BarFiller // of the media
	start time.Time

	mu       sync.Mutex // guards the figures; never held while mpb is called, which draws from them
	accounts map[string]int
	rows     map[int]row
	files    files
	waits    map[string]wait

	closing sync.Mutex // held while the display is taken down
}

// The lines of an account: its name, its collections (one line for all that are unknown), its references.
const heading = 0

var (
	unknown    = heading + 1
	references = unknown + 1 + len(archive.Collections)
	perAccount = references + 1
)

// Below all accounts stand the media, the waits and the footer.
const (
	mediaLine  = 1 << 20
	footerLine = mediaLine + 1
)

// New starts a display on a terminal that understands ANSI sequences; TERM=dumb does not. Until Done, nobody
// else may write to the terminal, except through [Board.Write].
func New(w io.Writer) *Board { return open(w, newTerminal(w), newPainter()) }

func open(w io.Writer, term *terminal, paint painter) *Board {
	b := &Board{
		out: w, term: term, paint: paint, start: time.Now(),
		accounts: map[string]int{}, rows: map[int]row{}, waits: map[string]wait{},
	}
	b.bar = b.mediaBar()
	b.bars = mpb.New(mpb.WithConsoleWriter(term), mpb.WithRefreshRate(refresh))
	b.addFooter()
	return b
}

// Collection tells how many pages and posts of a collection were read in this run.
func (b *Board) Collection(account string, c archive.Collection, pages, posts int, state State) {
	line := unknown + 1 + slices.Index(archive.Collections, c)
	b.account(account, line, row{state: state, indent: indent, cells: [columns]string{
		clean(string(c)), count(posts, "post"), count(pages, "page"), clean(string(state)),
	}})
}

// References tells how many posts that the account's posts refer to are still to be asked for.
func (b *Board) References(account string, pending int) {
	state, left := pendingCell(pending)
	b.account(account, references, row{state: state, indent: indent, cells: [columns]string{"references", left}})
}

// Media tells how many files were downloaded in this run, of how many bytes together, and how many are pending.
func (b *Board) Media(done, pending int, bytes int64) {
	if b == nil {
		return
	}
	state, left := pendingCell(pending)
	r := row{state: state, cells: [columns]string{
		"media", count(done, "file"), humanize.Bytes(uint64(max(0, bytes))), left,
	}}
	b.mu.Lock()
	b.files = files{done: int64(done), all: int64(done) + int64(pending)}
	b.mu.Unlock()
	b.set(mediaLine, r, b.bar)
}

// Wait tells that someone, an account or a host, is not asked before a time, and why. The latest word counts;
// a time that has passed ends the wait, and so does the zero time.
func (b *Board) Wait(who, why string, until time.Time) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waits[who] = wait{who: clean(who), why: clean(why), until: until}
}

// Write prints lines above the display: p must be whole lines. After Done it writes to the terminal itself.
func (b *Board) Write(p []byte) (int, error) {
	if b == nil {
		return len(p), nil
	}
	n, err := b.bars.Write(p)
	if err == nil {
		return n, nil
	}
	b.closing.Lock()
	defer b.closing.Unlock()
	return b.out.Write(p)
}

// Done takes the display off the terminal; what was written with Write stays. Calling it again does nothing.
func (b *Board) Done() {
	if b == nil {
		return
	}
	b.closing.Lock()
	defer b.closing.Unlock()
	b.bars.Shutdown()
	_ = b.term.Flush(0) // erases what was drawn last; a terminal that is gone needs none
}

// account sets a line of an account, below the account's name.
func (b *Board) account(name string, line int, r row) {
	if b == nil {
		return
	}
	b.mu.Lock()
	n, known := b.accounts[name]
	if !known {
		n = len(b.accounts)
		b.accounts[name] = n
	}
	b.mu.Unlock()
	if !known {
		b.addHeading(n*perAccount+heading, clean(name))
	}
	b.set(n*perAccount+line, r, nothing)
}

// set changes a line, or adds it with what stands behind its columns.
func (b *Board) set(line int, r row, behind mpb.BarFiller) {
	b.mu.Lock()
	_, known := b.rows[line]
	b.rows[line] = r
	b.mu.Unlock()
	if !known {
		b.addRow(line, behind)
	}
}
