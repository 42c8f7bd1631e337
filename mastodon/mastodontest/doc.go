// Package mastodontest is a fake fediverse: servers of several kinds, the people on them and what they post, all in
// memory and all deterministic. It serves the client API as far as an archiver needs it, as recorded answers and
// the servers' sources have it (mastodon-api.md, fixtures.md), and it says what an archive must hold at the end.
//
// A [World] is made by hand,
//
//	w := mastodontest.New()
//	ana := w.Instance("social.example", mastodontest.Mastodon45).Person("ana")
//	bo := w.Instance("pond.example", mastodontest.GoToSocial).Person("bo")
//	ana.Favourite(at, bo.Say(at, "Hello @ana@social.example, the heron is back. #birds"))
//
// or by [Generate] from a seed. It is served in memory ([ServeMemory], fit for testing/synctest), on real listeners
// ([Listen]), or by its handlers ([World.Handler]). Tokens come from [Person.Token] or over OAuth.
//
// What a client does is seen in [World.Log] and [Person.Flight], and held open by [World.Hold]. What goes wrong is
// said by [Instance.Break]; what must be archived, by [World.Truth], and with how few requests, by [World.Floor].
//
// A [Bulk] is a server as large as a measurement needs it, which knows no such subtleties.
//
// Times are those that the caller gives; ids follow from them. The same post has another id on each instance, and
// favourites, bookmarks and notifications are rows of a sequence of their own.
package mastodontest
