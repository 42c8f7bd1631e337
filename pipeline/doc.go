// Package pipeline holds every goroutine and channel of a run, and knows nothing of Mastodon.
//
//	       +--api----> page --Page--> normalize --Batch--> recurse --Batch--> write --+
//	feed --+                                                                         +--settled--> feed
//	       +--media--> download ----------------------------Batch----------> write --+
//	  ^ pending (per lane)                                         commit(batches) |
//	  +-------------------------- walks, frontier, attachments (database) <--------+
//
// feed alone counts what is in flight and decides the end: nothing pending, nothing in flight. The feedback edge
// carries no data: what an answer refers to is inserted by its commit, and feed is told which lanes have new rows.
// Every channel is unbuffered; whoever makes one closes it. The ring can't deadlock: each stage blocks only on
// its output, and the only cycle passes through feed, whose one select always also receives what is settled.
//
// An error about one task is a value in the pipe (archive.Outcome). An error about the run is returned and
// cancels the rest. There is nothing to drain: what was not settled is still pending in the database.
package pipeline
