package web

import (
	"net/url"
	"strings"

	"lama/store"
)

// Addresses say where the links of pages lead: to what the reader answers, or to files of a site. An empty one is no link.
type Addresses interface {
	PostPath(uri string) string
	RawPath(uri string) string
	AuthorPath(handle string) string
	TagPath(tag string) string
	FilePath(sum, mime string) string // of content with this SHA-256, of the type that its bytes have; empty: it is not there
	PicturePath(p store.Picture) string
	FindPath(query string) string // what a search finds
}

// Routes are the reader's addresses. A post's is made of its URI, which no migration and no other database changes.
type Routes struct{}

// PostPath is the page of a post.
func (Routes) PostPath(uri string) string { return "/post?" + url.Values{"uri": {uri}}.Encode() }

// RawPath is a post as its server sent it.
func (Routes) RawPath(uri string) string { return "/raw?" + url.Values{"uri": {uri}}.Encode() }

// AuthorPath is the page of somebody, user@domain.
func (Routes) AuthorPath(handle string) string { return "/author/" + url.PathEscape(handle) }

// TagPath is where posts with a tag are.
func (Routes) TagPath(tag string) string { return "/tag/" + url.PathEscape(strings.ToLower(tag)) }

// FilePath is a file's content.
func (Routes) FilePath(sum, _ string) string { return "/media/" + sum }

// PicturePath is a picture's content, for the viewer who was shown it.
func (Routes) PicturePath(p store.Picture) string { return "/media/" + p.SHA256 + "?pass=" + p.Pass }

// FindPath is the page of a search.
func (Routes) FindPath(query string) string { return searchPath(query, "") }

// outward is an address that a link may lead to; anything but http and https is none.
func outward(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// host is the name of the server that an address is on.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
