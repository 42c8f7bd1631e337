package web

import (
	"net/http"

	"lama/store"
)

// Status is what `lama status` says, in its words, as far as it is the viewer's business.
type Status struct {
	Alarms   []string
	Accounts []AccountStatus
	Posts    int64
	Media    string   // empty where others' files are counted in it, as Posts and Hosts are
	Hosts    []string // that owe files
	LastRun  string
}

// AccountStatus is an account's part of the archive.
type AccountStatus struct {
	Name         string
	Collections  []CollectionStatus
	Own, Related string
}

// CollectionStatus is how far a collection was read.
type CollectionStatus struct {
	Name              string
	Archived          int64
	First, Last       string
	Coverage, Problem string // how far it was read, and why no further
}

func (r *Reader) status(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	s, err := r.Status(q.Context(), v)
	if err != nil {
		return err
	}
	return r.show(w, q, v, "status", Page{Title: "Status", Here: "Status", Body: s})
}
