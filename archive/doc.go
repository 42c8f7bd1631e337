// Package archive is the vocabulary of LAMA: what an account does, what a post is, which requests are still to
// be made and what came of them. It has no input or output and imports nothing of ours; every other package
// speaks in its words.
//
// One rule holds it together: each request's answer is settled whole in exactly one transaction. A [Task] is a
// row in the database (an open walk, a row of the frontier). Its answer becomes a [Batch], and committing that
// batch stores what the answer yielded, inserts what that refers to and settles the task's own row.
package archive
