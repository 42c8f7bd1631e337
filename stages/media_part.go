package stages

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// validator is a header by which two answers are known to be of the same bytes; the zero value where there is none.
type validator struct{ name, value string }

// validatorOf is a strong ETag, or where there is no ETag at all a Last-Modified that was old enough when it was
// told to be strong: within a minute the file could have changed again (RFC 9110 §8.8.2.2, §13.1.5).
func validatorOf(h http.Header) validator {
	tag, modified := h.Get("ETag"), h.Get("Last-Modified")
	if len(tag) > 1 && tag[0] == '"' && strings.HasSuffix(tag, `"`) {
		return validator{"ETag", tag}
	}
	since, err := http.ParseTime(modified)
	date, errDate := http.ParseTime(h.Get("Date"))
	if tag == "" && err == nil && errDate == nil && date.Sub(since) >= time.Minute {
		return validator{"Last-Modified", modified}
	}
	return validator{}
}

// from asks for what follows so many bytes, or for the whole of what is another file by now.
func (v validator) from(have int64) http.Header {
	return http.Header{"Range": {fmt.Sprintf("bytes=%d-", have)}, "If-Range": {v.value}}
}

// agrees says whether nothing in another answer speaks against the same bytes. A part need not tell its validator.
func (v validator) agrees(h http.Header) bool { return h.Get(v.name) == "" || h.Get(v.name) == v.value }

// part is what an answer says its bytes are: of a file of total bytes those from first to last, both counted from 0.
type part struct{ first, last, total int64 }

// partOf reads the Content-Range of an answer. It is not ok where that is not of one form, makes no sense, leaves
// open how large the file is, or is not of as many bytes as the answer.
func partOf(resp *http.Response) (p part, ok bool) {
	const form = "bytes %d-%d/%d"
	said := resp.Header.Get("Content-Range")
	if _, err := fmt.Sscanf(said, form, &p.first, &p.last, &p.total); err != nil {
		return part{}, false
	}
	ok = said == fmt.Sprintf(form, p.first, p.last, p.total) && 0 <= p.first && p.first <= p.last && p.last < p.total
	return p, ok && (resp.ContentLength < 0 || resp.ContentLength == p.last-p.first+1)
}
