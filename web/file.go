package web

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"

	"lama/store"
)

// file sends a file of the archive. What could run something, a drawing or a page, is never shown in place.
func (r *Reader) file(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	sum := q.PathValue("sum")
	f, err := r.Store.File(q.Context(), v, sum, q.URL.Query().Get("pass"))
	if err != nil {
		return err
	}
	if f == nil {
		return absence
	}
	opened, err := r.Data.Open(f.Path)
	if err != nil {
		r.Log.Warn().Err(err).Msg("a file is in the database and not in the data folder")
		return &mistake{http.StatusNotFound, "The archive knows this file, but it is not in the data folder."}
	}
	defer opened.Close()
	content, ok := opened.(io.ReadSeeker)
	if !ok {
		return fmt.Errorf("read %s: it can't be read in parts", f.Path)
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	disposition := "attachment"
	if slices.Contains(inline, f.Type) {
		h.Set("Content-Type", f.Type)
		disposition = "inline"
	}
	// Its own name is that of a post, which may be another than the one that the viewer knows it from.
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": sum[:16] + path.Ext(f.Path)}))
	h.Set("ETag", `"`+sum+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, q, "", f.SavedAt.Time, content)
	return nil
}
