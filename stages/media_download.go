package stages

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// maxFurther is how many requests a task may make after its first, each at once.
const maxFurther = 3

// startOver says that what came of a file is of no use: the answer at hand stands for itself.
var startOver = &mediaFailure{reason: "the file begins anew"}

// download is a file on its way, over as many answers as it takes. As a reader it gives the bytes of the whole file,
// whose parts it asks for; its error is then [io.EOF] or a mediaFailure, of which startOver may be followed by begin.
type download struct {
	media   Media
	ctx     context.Context // of the task
	address string
	resp    *http.Response // the answer at hand; nil once it has ended
	same    validator      // of the answer that the file began with
	total   int64          // bytes of the file; -1 while nobody said
	have    int64          // bytes of it that came
	reached int64          // the most that had come when the rest was asked for
	further int            // requests after the first
	whole   bool           // the server's parts don't fit: no more of them
	err     error          // of every Read from now on
}

// ask makes a request, after the one before has ended.
func (d *download) ask(header http.Header) error {
	req, err := http.NewRequestWithContext(d.ctx, http.MethodGet, d.address, nil)
	if err != nil {
		return &mediaFailure{verdict: gone, reason: "not an address"}
	}
	if header != nil {
		req.Header = header
	}
	resp, err := d.media.HTTP.Do(req)
	if err != nil {
		failed := cutShort(err)
		d.media.observe(d.ctx, d.address, 0, nil, failed)
		return failed
	}
	d.resp = resp
	return nil
}

// end gives up the answer at hand, and tells of it and of what went wrong with it.
func (d *download) end(err error) {
	if d.resp == nil {
		return
	}
	_ = d.resp.Body.Close()
	if unreachable(d.resp.StatusCode) {
		d.media.observe(d.ctx, d.address, 0, nil, err)
	} else {
		d.media.observe(d.ctx, d.address, d.resp.StatusCode, d.resp.Header, err)
	}
	d.resp = nil
}

// begin takes the answer at hand for the beginning of the file, or says why it is none.
func (d *download) begin() *mediaFailure {
	if failed := judge(d.resp, d.media.Now()); failed != nil {
		_, _ = io.CopyN(io.Discard, d.resp.Body, peek) // a short page: the connection can be used again
		return failed
	}
	if failed := d.media.oversized(d.resp.ContentLength); failed != nil {
		return failed
	}
	d.same, d.total, d.have, d.err = validatorOf(d.resp.Header), d.resp.ContentLength, 0, nil
	return nil
}

// Read does what [io.Reader] says.
func (d *download) Read(p []byte) (n int, err error) {
	for n == 0 && d.err == nil {
		n, err = d.resp.Body.Read(p)
		d.have += int64(n)
		if err != nil {
			d.err = d.goOn(err)
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, d.err
}

// goOn says what follows where the body of an answer ended, well or not: nil is the body of the next answer.
func (d *download) goOn(err error) error {
	switch {
	case d.have == d.total, d.total < 0 && err == io.EOF:
		return io.EOF
	case err == io.EOF:
		err = fmt.Errorf("%d bytes came, %d were promised", d.have, d.total)
	}
	broke := cutShort(err)
	if !d.resumable() {
		return broke
	}
	d.reached = d.have
	d.end(broke)
	return d.resume(broke)
}

// resumable says whether the rest of the file can be asked for: by each request as long as it brings more of it.
// Without a validator the rest could be another file's.
func (d *download) resumable() bool {
	tooMuch := d.total >= 0 && d.have > d.total
	return d.same != validator{} && !d.whole && !tooMuch && d.have > d.reached
}

// resume asks for the rest. A server that answers with anything else, such as the whole file, is taken at its word.
// Where it answers with a part that does not fit, the file is asked for again, once.
func (d *download) resume(broke *mediaFailure) error {
	if !d.admit() {
		return broke
	}
	if err := d.ask(d.same.from(d.have)); err != nil {
		return err
	}
	switch code := d.resp.StatusCode; {
	case code == http.StatusPartialContent && d.fits():
		return nil
	case code != http.StatusPartialContent && code != http.StatusRequestedRangeNotSatisfiable:
		return startOver
	}
	d.whole = true
	d.end(nil)
	if !d.admit() {
		return broke
	}
	if err := d.ask(nil); err != nil {
		return err
	}
	return startOver
}

// fits says whether the answer at hand has the bytes of the same file that come next, and learns the file's size.
func (d *download) fits() bool {
	part, ok := partOf(d.resp)
	if !ok || part.first != d.have || d.total >= 0 && part.total != d.total {
		return false
	}
	d.total = part.total
	return d.same.agrees(d.resp.Header) && !compressed(d.resp.Header)
}

// admit says whether a further request may be made now.
func (d *download) admit() bool {
	if d.further == maxFurther || d.ctx.Err() != nil {
		return false
	}
	d.further++
	return d.media.Admit == nil || d.media.Admit(d.address)
}
