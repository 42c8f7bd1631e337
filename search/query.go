// Package search says what a search means: it reads what people write into a [Query], and turns texts into the terms by
// which both databases find them.
package search

import (
	"time"

	"lama/archive"
)

// Query is a search as it was meant. What stands in it holds at once. Its zero value finds every post.
type Query struct {
	Find    *Expr     // what the index is asked for; nil: any post
	Done    []Doing   // in: and by:
	After   time.Time // only posts of this moment or later; zero: of any
	Before  time.Time // only posts before this moment; zero: of any
	Deleted []bool    // is:deleted (true) and -is:deleted (false)
}

// Doing asks for posts with which an account of the household did something.
type Doing struct {
	Not   bool           // for posts with which none did
	Bases []archive.Base // one of these; none: any, also to have come there from another post
	By    []string       // one of these accounts, user@instance or the user alone, lower case; none: any
}

// Op is how an [Expr] is made of others.
type Op int

// What an Expr may be: terms that follow each other, or all, any or none of other Exprs.
const (
	Terms Op = iota
	All
	Any
	None
)

// Expr is a condition on the terms of a post.
type Expr struct {
	Op     Op
	Of     []Expr   // All, Any, None
	Terms  []string // one after the other; only of [Terms]
	Prefix bool     // the last of Terms is the beginning of a term
}
