// Package throttle keeps within what servers allow, so that LAMA is never refused and a person's own phone never
// starves: a [Budget] counts the API requests of one account in the server's own windows, [Hosts] paces the
// download of files, and a [Transport] guards whatever was not counted beforehand.
//
// Whoever hands out work asks Admit, which takes one request out of the budget or says when to ask again; it never
// waits. Every request that was admitted must be observed, answered or not: [Transport] does.
//
// Facts about servers are from docs/mastodon-api.md §3, "Rate limits".
package throttle
