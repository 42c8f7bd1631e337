package stages

import (
	"bytes"
	"encoding/json"
)

// envelope is a notification without its status, whose bytes are kept as a post: null stands in its place, every
// other byte stays. nil if that is no JSON object.
func envelope(notification []byte) []byte {
	var out []byte
	kept := 0 // notification[:kept] is in out
	d := json.NewDecoder(bytes.NewReader(notification))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil
		}
		if end := int(d.InputOffset()); key == "status" {
			out = append(append(out, notification[kept:end-len(value)]...), "null"...)
			kept = end
		}
	}
	return append(out, notification[kept:]...)
}
