package web

import (
	"net/url"
	"strings"
)

// The addresses of pages. A post's is made of its URI, which no migration and no other database changes.

func postPath(uri string) string      { return "/post?" + url.Values{"uri": {uri}}.Encode() }
func rawPath(uri string) string       { return "/raw?" + url.Values{"uri": {uri}}.Encode() }
func authorPath(handle string) string { return "/author/" + url.PathEscape(handle) }
func tagPath(tag string) string       { return "/tag/" + url.PathEscape(strings.ToLower(tag)) }
func filePath(sum string) string      { return "/media/" + sum }

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
