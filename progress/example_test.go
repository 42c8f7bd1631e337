package progress_test

import (
	"fmt"
	"os"
	"time"

	"lama/archive"
	"lama/progress"
)

// A run tells the board what it does, and writes its log through it.
func ExampleBoard() {
	board := progress.New(os.Stdout)
	defer board.Done()
	board.Collection("alice@mastodon.example", archive.Statuses, 12, 480, progress.Reading)
	board.References("alice@mastodon.example", 1204)
	board.Media(320, 1203, 12_400_000)
	board.Wait("files.example", "answered 503", time.Now().Add(time.Minute))
	fmt.Fprintln(board, "WRN a page could not be read")
}
