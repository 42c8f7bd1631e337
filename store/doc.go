// Package store keeps the archive in a database, Postgres or SQLite, with the same SQL for both.
//
// [Store.Commit] is the one rule of the design: the answer to a request is stored, what it refers to is
// inserted and its task is settled, all in one transaction. A task is a row: an open walk, a pending row of the
// frontier, a pending attachment. (The design's sketch kept media in the frontier too; an attachment holds all
// that its download needs, so it is its own task and nothing stands twice.)
//
// What a stored post refers to is followed by SQL, without a request ([Store.Commit], spread): from every
// activity along its chain, each hop once, as far as the limits go. Only what is not stored, or not visible to
// the account that wants it, becomes a row of the frontier.
//
// # Why it writes this way
//
// A prototype on Postgres 15 (2 cores, 3 KB of JSON a post), measured before this code was written, stored about
// 17,000 posts a second with one INSERT over unnest arrays per table and commit, and 4,300 with one statement per
// row. What is unchanged is not written at all: hashes are read first and compared. On SQLite, where a statement
// costs no round trip, one prepared statement runs row by row inside the transaction. So each statement reads its
// rows from a CTE named incoming, which [tx] fills in the way that suits the database.
//
// Parallel writers on Postgres write posts, attachments and files side by side, tables in one order and rows in the
// order of their keys; from there on, where references are resolved and followed, one at a time goes to its
// commit. Without an order, 38 of 40 dense runs of that prototype ended in a deadlock. What the database still
// refuses (40P01, a row that another writer inserted first) is run again as a whole.
package store
