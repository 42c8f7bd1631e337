// Package pipeline holds every goroutine and channel of a run, and knows nothing of Mastodon.
//
//	       +--api----> page --Page--> normalize --Batch--> recurse --Batch--> prepare --+
//	       |            |                                                              +--> compose --> write --+--settled--> feed
//	feed --+--media--> download -----------------------------------------------Batch---+       ^                |
//	  ^ ^               |                                                                      +---committed----+
//	  | +----landed-----+                                                                                       |
//	  +-- pending (per lane) -- walks, frontier, attachments (database) <-----------------commit(batches)-------+
//
// feed alone counts what is under way and decides the end: nothing pending, nothing uncommitted. The feedback edge
// carries no data: what an answer refers to is inserted by its commit, and feed is told which lanes have new rows.
// A walk does not stand still while its page is committed: feed is told as soon as an answer has landed, and asks for the
// next page. compose hands the pages of a walk out in their order, in one commit or in several, and write may have several under
// way: it commits them in that order. Nor does a media host stand still while a file that came is committed. What was asked for
// early and is not committed when the run ends is asked for again: it costs a request, never a row.
//
// Files that are derived from rows are written beside the next commits, two batches of them at once: write leaves word that there
// are new ones.
//
// Every channel is unbuffered, but for that word; whoever makes one closes it, except where many send. The ring can't
// deadlock: each stage blocks only on its output, and the cycles pass through feed and compose, whose one select always also
// receives.
//
// Stages that compute let others go first after each post (runtime.Gosched): with as many of them as there are processors, who
// writes and has waited for the disk would come to its turn once in 10 ms, and so would who has waited for the network. Of
// 2.8 s in which 20,000 posts came into SQLite the writer waited 0.27 s for a processor, and 0.15 s since (a trace of each).
//
// An error about one task is a value in the pipe (archive.Outcome). An error about the run is returned and
// cancels the rest. There is nothing to drain: what was not settled is still pending in the database.
package pipeline
