package archive

import "strings"

// Name is how a reference calls a post: by its id on an instance, or by a URL.
type Name string

// IDName calls a post by its id on an instance.
func IDName(instance, id string) Name { return Name("id:" + instance + "/" + id) }

// URLName calls a post by its address.
func URLName(url string) Name { return Name(url) }

// ID gives the instance and the id of a name made by [IDName]; ok is false for a URL.
func (n Name) ID() (instance, id string, ok bool) {
	rest, ok := strings.CutPrefix(string(n), "id:")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, "/")
}

// Instance is the only instance that can be asked for this name, or empty where any can.
func (n Name) Instance() string {
	instance, _, _ := n.ID()
	return instance
}
