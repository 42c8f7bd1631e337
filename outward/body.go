package outward

import (
	"context"
	"io"
	"time"
)

// paceBytes must come within each idle time: a server that sends a byte a minute holds nobody up.
const paceBytes = 16 << 10

// stalled is the failure of a body that stopped flowing.
type stalled struct{}

func (stalled) Error() string { return "the server stopped sending" }
func (stalled) Timeout() bool { return true }

// body is a response's body that ends with an error where it stalls. Only waiting for the server counts, not what
// the reader does between two reads.
type body struct {
	io.ReadCloser
	ctx    context.Context // of the request
	cancel context.CancelCauseFunc
	timer  *time.Timer
	idle   time.Duration
	left   time.Duration // to wait for the rest of this stretch
	got    int           // bytes of this stretch
}

func newBody(ctx context.Context, cancel context.CancelCauseFunc, rc io.ReadCloser, idle time.Duration) *body {
	timer := time.AfterFunc(idle, func() { cancel(stalled{}) })
	timer.Stop()
	return &body{ReadCloser: rc, ctx: ctx, cancel: cancel, timer: timer, idle: idle, left: idle}
}

// Read does what [io.Reader] says; its error has a method Timeout where the body stalled.
func (b *body) Read(p []byte) (int, error) {
	start := time.Now()
	b.timer.Reset(b.left)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	b.left -= time.Since(start)
	if b.got += n; b.got >= paceBytes {
		b.got, b.left = 0, b.idle
	}
	if cause, ok := context.Cause(b.ctx).(stalled); ok && err != nil && err != io.EOF {
		err = cause
	}
	return n, err
}

// Close ends the request.
func (b *body) Close() error {
	b.timer.Stop()
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}
