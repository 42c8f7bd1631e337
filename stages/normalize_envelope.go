package stages

import "github.com/tidwall/gjson"

// envelope is a notification without its status, whose bytes are kept as a post: null stands in its place, every
// other byte stays. nil if that is no JSON object.
func envelope(notification []byte) []byte {
	out, ok := withStatus(notification, []byte("null"))
	if !ok {
		return nil
	}
	return out
}

// withStatus is a notification with other bytes in the place of its status; ok is false if it is no JSON object. It is valid
// JSON, as all that comes here is.
func withStatus(notification, status []byte) (out []byte, ok bool) {
	o := gjson.ParseBytes(notification)
	if !o.IsObject() {
		return nil, false
	}
	kept := 0 // notification[:kept] is in out
	o.ForEach(func(name, value gjson.Result) bool {
		if name.Str == "status" {
			out = append(append(out, notification[kept:value.Index]...), status...)
			kept = value.Index + len(value.Raw)
		}
		return true
	})
	return append(out, notification[kept:]...), true
}
