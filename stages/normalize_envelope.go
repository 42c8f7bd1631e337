package stages

import (
	"bytes"
	"encoding/json"
)

// envelope is a notification without its status, whose bytes are kept as a post: null stands in its place, every
// other byte stays. nil if that is no JSON object.
func envelope(notification []byte) []byte {
	out, ok := withStatus(notification, []byte("null"))
	if !ok {
		return nil
	}
	return out
}

// withStatus is a notification with other bytes in the place of its status; ok is false if it is no JSON object.
func withStatus(notification, status []byte) (out []byte, ok bool) {
	kept := 0 // notification[:kept] is in out
	d := json.NewDecoder(bytes.NewReader(notification))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, false
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil, false
		}
		if end := int(d.InputOffset()); key == "status" {
			out = append(append(out, notification[kept:end-len(value)]...), status...)
			kept = end
		}
	}
	return append(out, notification[kept:]...), true
}
