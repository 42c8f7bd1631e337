package mastodontest

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// original is the file's address on its author's server.
func (f *attachment) original() string { return f.address(f.post.author.home) }

// address is where an instance keeps the file, or its copy of it.
func (f *attachment) address(i *Instance) string {
	base, id := i.BaseURL(), i.media.ids[f]
	name := fmt.Sprintf("%016x.%s", hash(i.host, id), f.Format)
	switch {
	case i.software.goToSocial():
		return fmt.Sprintf("%s/fileserver/%s/attachment/original/%s.%s", base, i.accounts.ids[f.post.author], id, f.Format)
	case i.software.pleroma():
		return base + "/media/" + id + "/" + name
	case i.software.misskey():
		return base + "/files/" + id
	case f.post.author.home == i:
		return base + "/system/media_attachments/files/" + id + "/original/" + name
	}
	return base + "/system/cache/media_attachments/files/" + id + "/original/" + name
}

// FilePath is the path under which the instance serves a file of the post, or its copy of it: for [Rule] and
// [Log.To]. The position counts from 0.
func (i *Instance) FilePath(p *Post, position int) string {
	i.world.mu.RLock()
	defer i.world.mu.RUnlock()
	return strings.TrimPrefix(p.now().files[position].address(i), i.BaseURL())
}

// undownloaded says whether the instance never fetched the file.
func (v view) undownloaded(f *attachment) bool {
	return f.Copy == CopyNone && f.post.author.home != v.inst
}

// attachments are the files of a version, as the instance shows them.
func (v view) attachments(now version) list {
	all := list{}
	for _, f := range now.files {
		if v.inst.software.goToSocial() && v.undownloaded(f) {
			continue // content names it instead
		}
		all = append(all, v.attachment(f))
	}
	return all
}

func (v view) attachment(f *attachment) object {
	kind, url, remote := f.Type, any(f.address(v.inst)), any(nil)
	if f.Processing && f.post.author.home == v.inst {
		url = nil
	}
	if f.post.author.home != v.inst {
		remote = f.original()
		switch {
		case v.inst.software.NoCache:
			url = remote
		case f.Copy == CopyNone:
			kind, url = "unknown", nil
		case f.Copy == CopyProxied && v.inst.software.mastodon():
			url = v.inst.BaseURL() + "/media_proxy/" + v.inst.media.ids[f] + "/original"
		}
	}
	return object{
		{"id", v.inst.media.ids[f]}, {"type", kind}, {"url", url}, {"preview_url", url}, {"remote_url", remote},
		{"preview_remote_url", nil}, {"text_url", nil}, {"meta", f.meta()}, {"description", orNull(f.Alt)},
		{"blurhash", "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH"},
	}
}

func (f *attachment) meta() object {
	if f.Type == "audio" {
		return object{{"original", object{{"duration", 6.84}, {"bitrate", 128000}}}}
	}
	size := object{{"width", 16}, {"height", 16}, {"size", "16x16"}, {"aspect", 1.0}}
	return object{{"original", size}, {"small", size}}
}

// file answers a request for a file, or for a part of it, as nginx and S3 do: the last known id in the path says which.
func (i *Instance) file(w http.ResponseWriter, r *http.Request) {
	i.world.mu.RLock()
	f := i.filed(r.URL.Path)
	gone := f == nil || f.post.deleted || f.missing(i)
	i.world.mu.RUnlock()
	if gone {
		page(w, http.StatusNotFound, "Not Found")
		return
	}
	data := f.data()
	w.Header().Set("Content-Type", types[f.Format])
	w.Header().Set("ETag", fmt.Sprintf(`"%x-%x"`, f.post.created.Unix(), len(data))) // as nginx makes it
	http.ServeContent(w, r, "", f.post.created, bytes.NewReader(data))
}

// missing says whether an instance answers 404 for the file.
func (f *attachment) missing(i *Instance) bool {
	if f.post.author.home == i {
		return f.OriginalGone
	}
	return f.CopyGone || f.Copy == CopyNone
}

// filed is the file that a path means; nil for none.
func (i *Instance) filed(path string) *attachment {
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '.' }) {
		if f := i.media.things[part]; f != nil {
			return f
		}
	}
	return nil
}

// proxy answers /media_proxy/ID/original: it fetches the original again and redirects to the copy.
func (i *Instance) proxy(w http.ResponseWriter, r *http.Request) {
	i.world.mu.RLock()
	f := i.filed(r.URL.Path)
	gone := f == nil || f.post.deleted || f.missing(i) || f.OriginalGone
	i.world.mu.RUnlock()
	if gone {
		page(w, http.StatusNotFound, "Not Found")
		return
	}
	http.Redirect(w, r, f.address(i), http.StatusFound)
}

// page answers with an HTML page, as a web server does.
func page(w http.ResponseWriter, status int, title string) {
	text := "<!DOCTYPE html><html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the client may have gone
}
