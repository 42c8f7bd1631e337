package verify

import (
	"context"
	"errors"
	"fmt"

	"lama/disk"
)

// flaw is what is wrong with a file that should be there; the zero value is nothing.
type flaw struct {
	what  string
	stuck bool // it can't be replaced as long as it lies there
}

// inspect compares a file with what it should be. Its error is the context's.
func (c *check) inspect(ctx context.Context, path string, size int64, sum string) (flaw, error) {
	found, err := c.Folder.Look(path)
	switch {
	case err != nil:
		return unreadable(ctx, err)
	case !found.Taken:
		return flaw{what: "it is missing"}, nil
	case !found.File:
		return flaw{what: "it is no file", stuck: true}, nil
	case found.Size != size:
		return flaw{what: fmt.Sprintf("it has %d bytes, and should have %d", found.Size, size)}, nil
	case c.Quick:
		return flaw{}, nil
	}
	got, err := c.Folder.Sum(ctx, path)
	switch {
	case err != nil:
		return unreadable(ctx, err)
	case got != sum:
		return flaw{what: "its content is not what was saved"}, nil
	}
	return flaw{}, nil
}

func unreadable(ctx context.Context, err error) (flaw, error) {
	if ctx.Err() != nil {
		return flaw{}, ctx.Err()
	}
	if failure, ok := errors.AsType[*disk.Error](err); ok {
		err = failure.Err
	}
	return flaw{what: "it can't be read: " + err.Error(), stuck: true}, nil
}
