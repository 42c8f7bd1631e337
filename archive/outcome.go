package archive

import "time"

// State is where a task stands. There is no "running": what is in flight is known in memory only.
type State string

// The states of a row of the frontier.
const (
	Pending State = "pending" // to be asked, not before its time
	Done    State = "done"    // settled
	Refused State = "refused" // the answer was no; the reason stands beside it
)

// Outcome is what became of a task's request.
type Outcome struct {
	State     State
	NotBefore time.Time // Pending: when to ask again
	Reason    string    // Pending or Refused: why, for people; never a token
	Missing   bool      // the server said that it has no such post for the account
	Account   error     // the whole account can't go on in this run: the token was revoked, the server is gone
}

// Settle is the outcome of one row of the frontier, guarded by what was read of it: where a shorter way was
// found meanwhile, the row stays as that left it.
type Settle struct {
	Want  Want
	Media *Media
	Alone bool // ask again with a request of its own
	Step  int  // media: the next address
	Gone  int  // media: the addresses that said no, as in [Media]
	Outcome
}

// Host is what a request says of a media host. One that gives no answer is left alone with all its files, not with
// the one that was asked for.
type Host struct {
	Name      string // as the owner of a lane
	Silent    bool   // it gave no answer; otherwise it is back
	Since     time.Time
	NotBefore time.Time // when to ask again
	Reason    string
	Leave     bool // long enough for what can be had elsewhere to be asked for there
	GiveUp    bool // so long that it counts as a no, to each of its files
}

// File is a media file in the data folder.
type File struct {
	SHA256 string // hexadecimal
	Size   int64  // bytes
	Type   string // MIME
	Path   string // relative to the data folder, with slashes: media/…
}

// Fetched is a file that came for an attachment.
type Fetched struct {
	PostURI string
	Source  string
	File    File
}

// Batch is all that one answer changes: it is committed whole or not at all.
type Batch struct {
	Account    string // whose token asked; empty for media
	Posts      []Post
	Versions   []Post // older ones of posts that are stored, their JSON the version's
	Activities []Activity
	Doings     []Doing
	Lost       []Lost
	Wants      []Want // what the task asked for
	Walk       *Walk  // as it was read
	Step       Step
	Outcome    Outcome  // of the walk
	Profile    *Profile // what the server says of the account, where the page told
	Settles    []Settle
	Aliases    map[Name]string // URLs that were resolved to a post
	Fetched    []Fetched
	Placed     []Fetched // files that an import has put into the data folder: they settle what their attachments wait for
	Claims     []Claim
	Keep       []string // URIs of imported posts that stay though no activity explains them
	Host       *Host    // what became known of the media host; nil where that is nothing new
	Keys       []string // of the task, for the feed
	After      string   // of the task: what must be committed before, or with it
	Lane       Lane
}

// Settled is what the feed is told after a commit.
type Settled struct {
	Lane   Lane
	Keys   []string
	Over   bool   // of its collection nothing is left to read in its lane
	Wake   []Lane // lanes in which rows became pending, or were settled
	Failed error  // the account can't go on in this run
}

// Result is what a commit changed, for the feed and the disk.
type Result struct {
	Settled []Settled // one per batch, in order
	New     int       // posts that the archive did not have
	Better  int       // stored posts that have another version now
	Dropped int       // posts that nothing explains, and are not stored
	Again   Again     // what came of asking again
	Quiet   bool      // nothing but walks has moved
	Spare   []string  // paths of files whose content the archive already had under another path
}

// Unwritten is an activity whose JSON file is not on the disk yet.
type Unwritten struct {
	ID        int64 // of the activity's row
	Activity  Activity
	Author    string // of the post
	CreatedAt Time   // of the post
	JSON      []byte // the post, as received
	Hash      string // of its version: the mark is cleared only while that is the newest
}
