package export

import (
	"encoding/json"
	"testing"

	"lama/archive"
	"lama/store"
)

// What the archive keeps for itself stays: who asked, the bytes that came and their hash, when it asks again, a person's
// note, and the path that another post gave to a file.
func TestBookkeepingStays(t *testing.T) {
	then := archive.ParseTime("2026-01-01T10:00:00Z")
	own := "media/far.example/zoe/2026/01/zoe_7_"
	h := store.Hit{URI: "https://far.example/7", PostID: "7", Author: "zoe@far.example", CreatedAt: then, FetchedBy: "ana",
		Hash: "h", Note: "mine", Verbatim: []byte("v"), RecheckAt: then, AgainAt: then, JSON: []byte(`{"favourited":true}`),
		Attachments: [][]string{{own + "00.png", "a"}, {"media/else/x_1_00.png", "b"}, {"404 Not Found", "c"}, {"", "d"}, {own + "09.png", "e"}}}
	files := []store.SeenFile{{SHA256: "1"}, {SHA256: "2"}, {}, {}} // one fewer: the post was edited in between
	got, err := json.Marshal(outward(h, store.Seen{JSON: []byte(`{"id":"7"}`), Files: files}))
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(store.Hit{URI: h.URI, PostID: "7", Author: "zoe@far.example", CreatedAt: then, JSON: []byte(`{"id":"7"}`),
		Attachments: [][]string{{own + "00.png", "a"}, {"", "b"}, {"404 Not Found", "c"}, {"", "d"}, {own + "09.png", "e"}}})
	if err != nil || string(got) != string(want) {
		t.Errorf("%s\nwant %s (%v)", got, want, err)
	}
}
