// Package mastodon is a client of the API that Mastodon has and others share. It keeps the bytes that servers
// send, follows their Link headers verbatim, tells errors apart by what they mean for an archiver, and learns what
// a server can do. Facts about servers come from mastodon-api.md, which names their source files.
package mastodon
