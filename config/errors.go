package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/xrash/smetrics"
)

// ErrNoFile is in the chain of the [*Error] that [Load] returns where it searched and found no prefs.json.
var ErrNoFile = errors.New("no prefs.json")

// Error is a configuration that can't be used: one line, without any secret, that says where and what.
type Error struct {
	Where string // file:line, a variable, a flag
	Err   error
}

func (e *Error) Error() string { return e.Where + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

func fail(where, format string, args ...any) error {
	return &Error{Where: where, Err: fmt.Errorf(format, args...)}
}

// Nearest is the candidate with the least edit distance to word, the first at a tie; empty where there is none.
func Nearest(word string, candidates []string) string {
	nearest, least := "", 0
	for _, c := range candidates {
		d := smetrics.WagnerFischer(strings.ToLower(word), strings.ToLower(c), 1, 1, 1)
		if nearest == "" || d < least {
			nearest, least = c, d
		}
	}
	return nearest
}
