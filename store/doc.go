// Package store keeps the archive in a database, Postgres or SQLite, with the same SQL for both.
//
// [Store.Commit] is the one rule of the design: the answer to a request is stored, what it refers to is
// inserted and its task is settled, all in one transaction. A task is a row: an open walk, a pending row of the
// frontier, a pending attachment. (The design's sketch kept media in the frontier too; an attachment holds all
// that its download needs, so it is its own task and nothing stands twice.)
//
// So is a picture: an avatar, a custom emoji, the image of a card. Many posts show it and none has it, so its attachment
// is of no post (its post_uri is empty), once per address, and lanes, silent hosts, retries, status and verify know nothing
// new. Its row is made by the commit that makes a version of a post which shows it, of which a commit that brings nothing
// new has none. Which posts show a picture is told by their JSON alone; a reader who was shown one of them has a pass for
// it ([Picture]).
//
// What a stored post refers to is followed by SQL, without a request ([Store.Commit], spread): from every
// activity along its chain, each hop once, as far as the limits go. Only what is not stored, or not visible to
// the account that wants it, becomes a row of the frontier. The commit by which it comes another way settles that row.
//
// # What becomes of posts
//
// A stored post is asked for again by rows of the frontier, of another kind than those of what is wanted, so that neither
// is in the other's way ([Store.OpenAccounts]): when it has come of an age, when its poll has ended, when its media may have
// been processed. Whatever the answer, it settles the row: what came moves the post's dates, also where not a byte is
// new, and a "no" is a mark on the post. Only the account that fetched a post can miss it, since others may not have been
// allowed to see it. Where a server has no batches, a walk through one's own posts goes on through what is known
// (walks.down_to), and what its pages did not show is asked for alone.
//
// An edit of a stored post wants its history: one request, made when the edit is seen, by whatever way that came. Of a
// post that was edited before it was first seen none is made: that would be a request for each of them.
//
// # How posts are found
//
// A post is found by its terms, which package search makes, the same for both databases: words of its texts, and facts such
// as "has an image", for the operators. So the databases have no analysis of their own, an operator costs what a word costs,
// and both find the same. Only what changes without the post is a condition of the statement: what accounts did, who sees
// it ([Viewer]), that it was deleted. The index is written by the transaction that writes the post. SQLite's is FTS5,
// without a copy of the texts; its tokenizer is ascii, not unicode61, since it then cuts nothing but spaces: Unicode 6.1,
// which the other knows, takes the vowels of Thai and Hindi for the ends of words. Postgres has a tsvector, made of the
// terms and their places, not by its parser, and a GIN index.
//
// A row of the index is numbered in the order of dates, so SQLite yields hits in that order by itself, and reads no more
// of them than a page shows; a page further back begins where the one before ended. A GIN index knows no order. There the
// newest posts are looked at one by one, in windows that double, as long as that finds enough, as it does of what is
// common; the index is asked for what turns out to be rarer, and yields all of it, which is little then. What is only
// excluded is not asked of it at all.
//
// # Why it writes this way
//
// Each statement reads its rows from a CTE named incoming, which [tx] fills in the way that suits the database: Postgres
// gets one array per column, one statement per table and commit; SQLite gets 32 rows at a time, each statement prepared
// once for a connection. What is unchanged is not written at all: hashes are read first and compared. A commit takes some
// twenty statements, whatever it holds. Measured (2 cores, 3 KB of JSON a post):
//
//   - One INSERT over unnest stored 17,000 posts a second where one statement per row stored 4,300 (a prototype on
//     Postgres 15; COPY was no faster). On SQLite, 38,400 posts in commits of 640 took 6.7 s of processor time in 295,000
//     calls of the driver, and 3.9 s with 32 rows a call: see BenchmarkCommit.
//   - JSON as json, not jsonb, and packed by lz4: the insertion of 38,400 posts took Postgres 1.5 s instead of 2.6 by pglz.
//   - Whether a row is there is asked by (SELECT 1 … LIMIT 1) IS NULL, and joins stand in the order in which they are to be
//     made: left to itself the planner joined by the commonest column, and one statement took 0.5 s of each commit.
//   - Plans are kept for a connection. The recursive statement's own takes 16 ms, as much as a small commit.
//   - What a commit writes of a post is made before its turn comes ([Store.Prepare]): 20,000 posts came into SQLite in 3.0 s
//     instead of 3.4. Into Postgres, where a commit waits for the server, they came no sooner.
//   - Large commits: with a commit per page, 20,000 posts came into SQLite at 2,600 a second, and at 5,100 where all that is
//     ready shares one (package pipeline).
//   - SQLite's statements leave what they have written where they fail (OR FAIL), since the transaction ends then anyhow: each
//     would copy the pages that it changes, to take that back (20,000 posts in 2.86 s instead of 3.04, medians of five).
//   - The spread starts from what may lead anywhere: of a new post that comes with its activity, its references and those that
//     waited for it are known. And activities are inserted and met by two statements, since one with DO UPDATE has to be able
//     to take back what it wrote: 20,000 posts in 2.61 s instead of 2.73, with what is read of JSON in one pass (medians of
//     five, in turns).
//   - FTS5 gets one row a call: it writes out what it has gathered at each savepoint, and SQLite sets one for every statement
//     of several of its rows. A first archive of 20,000 posts took 4.3 s instead of 4.7.
//   - SQLite's log is folded in every 16 MB, not 4: pages of the indexes are changed many times in between (6,800 posts a
//     second instead of 5,600). That is done beside the transaction that writes meanwhile, on a connection of its own:
//     20,000 posts came in 2.88 s instead of 3.07 (medians of five runs each, in turns). Where a million are there, a commit
//     alone writes some 16 MB: with whoever writes folding from 64 MB on, no longer from 32, 20,000 more came in 4.7 s instead
//     of 5.4 (medians of three, in turns).
//   - The rows of names and references are made beside the transaction, too, as is what is derived of posts: of 2.7 s that
//     its statements took, 0.1 s less.
//
// Parallel writers on Postgres write posts, their names, attachments and files side by side, tables in one order and rows in the
// order of their keys; from there on, where references are resolved and followed, walks move and new pictures get their rows,
// one at a time goes to its commit. The pages of one walk may be in several, of which each begins when the one before has come
// that far: one that finds there that its walk has not come to it, since the other has begun anew, gives up what it holds, and
// begins anew when that is over. Without an order, 38 of 40 dense runs of the
// prototype ended in a deadlock. What the database still refuses (40P01, a row that another writer inserted first) is run again
// as a whole.
package store
