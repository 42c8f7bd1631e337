package archive_test

import (
	"testing"

	"lama/archive"
)

// A post may be wanted, asked for again and asked for its history at the same time, by two accounts.
func TestTasksOfOnePostAreToldApart(t *testing.T) {
	seen := map[string]bool{}
	for _, account := range []string{"ana", "bo"} {
		for _, kind := range []archive.Kind{"", archive.TaskAgain, archive.TaskHistory} {
			key := archive.Task{Wants: []archive.Want{{Account: account, Name: "id:a.example/1", Kind: kind}}}.Keys()[0]
			if seen[key] {
				t.Errorf("%s is the key of two tasks", key)
			}
			seen[key] = true
		}
	}
}
