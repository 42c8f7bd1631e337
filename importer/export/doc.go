// Package export reads an account's export as Mastodon makes it, of every vintage since 2018: a ZIP, a tar.gz, a tar
// that a browser has unzipped already, or the folder that any of them was unpacked to.
//
// Its posts are ActivityPub; they come out in the shape of the API, so that nothing else of LAMA needs to know a second
// form. What the account liked, bookmarked or boosted stands in an export as bare addresses; these come out as claims.
//
// An export is a stranger's file: no name in it leads out of it, no link is followed, and nothing of it is held in
// memory but the names of its files and one item at a time.
package export
