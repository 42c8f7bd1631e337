package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"os/exec"
	"time"

	"lama/mastodon/mastodontest"
)

// fediverse is a fake one in a process of its own, as this process sees it.
type fediverse struct {
	Neighbourhood
	process *exec.Cmd
	control *rpc.Client
}

// fediverse starts one. It ends with the bench, or by its close.
func (b *bench) fediverse(ctx context.Context, w World) (*fediverse, error) {
	text, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	process, err := b.self(ctx, roleFediverse, string(text))
	if err != nil {
		return nil, err
	}
	conn, err := connect(process)
	if err != nil {
		return nil, fmt.Errorf("start the fake fediverse: %w", err)
	}
	f := &fediverse{process: process, control: jsonrpc.NewClient(conn)}
	b.undo(f.close)
	return f, f.call("Neighbourhood", 0, &f.Neighbourhood)
}

// self is this program in another role.
func (b *bench) self(ctx context.Context, args ...string) (*exec.Cmd, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = b.log
	return cmd, nil
}

// pipes are two pipes as one connection.
type pipes struct {
	io.Reader
	io.WriteCloser
}

// connect starts a process and talks with it over its standard input and output.
func connect(cmd *exec.Cmd) (io.ReadWriteCloser, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return pipes{out, in}, cmd.Start()
}

func (f *fediverse) call(method string, argument, answer any) error {
	if err := f.control.Call("Control."+method, argument, answer); err != nil {
		return fmt.Errorf("ask the fake fediverse for %s: %w", method, err)
	}
	return nil
}

// close ends the process: it sees the end of its standard input. A second time does nothing.
func (f *fediverse) close() {
	_ = f.control.Close()
	_ = f.process.Wait()
}

// resize gives a person of a bulk server so many posts.
func (f *fediverse) resize(person, posts int) error {
	return f.call("Resize", Resizing{person, mastodontest.BulkOf(posts)}, new(int))
}

// requests counts what came, files aside, since the last time that it was asked.
func (f *fediverse) requests() (n int, err error) { return n, f.call("Requests", 0, &n) }

// reckoning is what a first run should cost.
func (f *fediverse) reckoning() (r Reckoning, err error) { return r, f.call("Reckon", 0, &r) }

// quiet waits until at least so many requests are held and no others come, and says how many are.
func (f *fediverse) quiet(ctx context.Context, least int) (held int, err error) {
	for before := -1; ctx.Err() == nil; before = held {
		if err := f.call("Held", 0, &held); err != nil {
			return 0, err
		}
		if held >= least && held == before {
			return held, nil
		}
		time.Sleep(300 * time.Millisecond)
	}
	return held, fmt.Errorf("only %d requests are held, %d should be: %w", held, least, ctx.Err())
}
