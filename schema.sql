-- LAMA's archive. Lines that end in "only: postgres" or "only: sqlite" are for that database alone.
-- Ids are opaque text. Times are UTC: timestamptz on Postgres, YYYY-MM-DD HH:MM:SS+00:00 on SQLite.
-- The columns of LAMA 1.1 keep their names and meaning: queries written for it go on working.
-- version: 3

CREATE TABLE archive ( -- one row: which archive this is
    id      text    NOT NULL,
    version integer NOT NULL  -- of this schema
);

CREATE TABLE posts ( -- a post (a boost is one too) in the newest version that any account was shown
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
    id           integer PRIMARY KEY,                             -- only: sqlite
    post_uri     text NOT NULL UNIQUE,
    post_id      text NOT NULL, -- on `instance`
    instance     text NOT NULL, -- the host that rendered this version
    url          text,
    author       text,          -- user@domain
    visibility   text,
    language     text,
    spoiler_text text,
    content      text,          -- as text, without HTML
    hashtags     json,          -- ["tag"]                       only: postgres
    mentions     json,          -- ["user@domain"]               only: postgres
    links        json,          -- [{url, text, mastodon}]       only: postgres
    attachments  json,          -- [[path or error, alt]]        only: postgres
    poll_options json,          -- ["option"]                    only: postgres
    hashtags     text,          -- only: sqlite
    mentions     text,          -- only: sqlite
    links        text,          -- only: sqlite
    attachments  text,          -- only: sqlite
    poll_options text,          -- only: sqlite
    reblog       text,          -- what a boost boosts, by its post_uri
    created_at   timestamptz,
    edited_at    timestamptz,
    fetched_at   timestamptz NOT NULL,
    fetched_by   text,          -- the account whose token asked
    missing_since timestamptz,  -- its server said no: purged, suspended, blocked or deleted
    deleted_at   timestamptz,   -- the author's own server said so
    recheck_at   timestamptz,   -- when it is old enough to be asked for again; NULL: never any more, and for boosts
    again_at     timestamptz,   -- when its poll has ended, or its media may have been processed
    origin       boolean NOT NULL, -- rendered by the author's own server
    hash         text NOT NULL, -- of the bytes received
    content_hash text NOT NULL, -- of what people can see and edit: no counters, no viewer's own fields
    json         json NOT NULL, -- as received                   only: postgres
    json         text NOT NULL, -- as received                   only: sqlite
    verbatim     bytea,         -- the bytes received, only where json had to differ (NUL, invalid UTF-8)
    note         text DEFAULT '',
    imported     text,          -- lama, export or mastodon-archive: what json was taken from, where no server sent it
    files        integer NOT NULL DEFAULT 0 -- how many of its attachments are here
);
CREATE INDEX posts_created ON posts (created_at);
CREATE INDEX posts_files ON posts (created_at) WHERE files > 0;
CREATE INDEX posts_author ON posts (author, created_at);
CREATE INDEX posts_reblog ON posts (reblog) WHERE reblog IS NOT NULL;
CREATE INDEX posts_recheck ON posts (recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX posts_again ON posts (again_at) WHERE again_at IS NOT NULL;

-- What posts are found by (package search): terms, by a number whose order is that of posts.created_at, and in which
-- posts.id is the rest of a division by 134217728. A boost that says nothing of its own has no row.
CREATE TABLE terms (                     -- only: postgres
    rowid   bigint PRIMARY KEY,          -- only: postgres
    lexemes tsvector NOT NULL            -- only: postgres
);                                       -- only: postgres
CREATE INDEX terms_lexemes ON terms USING gin (lexemes); -- only: postgres
CREATE VIRTUAL TABLE terms USING fts5(lexemes, content='', contentless_delete=1, tokenize='ascii', prefix='2'); -- only: sqlite
INSERT INTO terms (terms, rank) VALUES ('automerge', 8); -- only: sqlite

CREATE TABLE revisions ( -- a version of a post that is no longer, or never was, the one in posts
    post_uri     text NOT NULL,
    content_hash text NOT NULL,
    edited_at    timestamptz,
    instance     text NOT NULL,
    fetched_at   timestamptz NOT NULL,
    json         text NOT NULL,
    verbatim     bytea,
    imported     text,          -- as in posts
    PRIMARY KEY (post_uri, content_hash)
);

CREATE TABLE aliases ( -- another name of a post: id:<instance>/<post_id>, or a URL
    name     text PRIMARY KEY,
    post_uri text NOT NULL
);               -- only: postgres
) WITHOUT ROWID; -- only: sqlite
CREATE INDEX aliases_post ON aliases (post_uri);

CREATE TABLE refs ( -- a post that another post replies to, links to or quotes
    post_uri   text NOT NULL,
    chain      text NOT NULL CHECK (chain IN ('parent', 'link', 'quote')),
    target     text NOT NULL, -- a name, as in aliases
    instance   text NOT NULL, -- the only one that knows this name; '' for a URL
    target_uri text,          -- the post, once it is in the archive
    PRIMARY KEY (post_uri, chain, target)
);               -- only: postgres
) WITHOUT ROWID; -- only: sqlite
CREATE INDEX refs_open ON refs (target) WHERE target_uri IS NULL;
CREATE INDEX refs_target ON refs (target_uri) WHERE target_uri IS NOT NULL;

CREATE TABLE activities ( -- why a post is here: what an account did with it, or from which of its activities it was reached
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
    id            integer PRIMARY KEY,                             -- only: sqlite
    account       text NOT NULL,
    post_uri      text NOT NULL,
    base          text NOT NULL CHECK (base IN ('post', 'reblog', 'favourite', 'bookmark', 'mention', 'poll')),
    chain         text NOT NULL CHECK (chain IN ('', 'parent', 'link', 'quote')),
    distance      integer NOT NULL CHECK ((distance = 0) = (chain = '')), -- hops
    activity_type text GENERATED ALWAYS AS ( -- favourite, favourite.parent, favourite.parent#2
        base || CASE WHEN distance = 0 THEN '' WHEN distance = 1 THEN '.' || chain
                     ELSE '.' || chain || '#' || CAST(distance AS text) END) STORED,
    activity_id   text NOT NULL, -- the post's on the account's instance, or the notification's; derived: posts.post_id
    archived_at   timestamptz NOT NULL,
    removed_at    timestamptz,   -- the account took it back
    envelope      text,          -- mentions and polls: the notification, its status replaced by null
    imported      text,          -- what that was taken from, as in posts
    unwritten     boolean NOT NULL, -- its JSON file is still to be written
    UNIQUE (account, post_uri, base, chain)
);
CREATE INDEX activities_post ON activities (post_uri);
CREATE INDEX activities_type ON activities (activity_type, account);
CREATE INDEX activities_unwritten ON activities (id) WHERE unwritten;

CREATE TABLE claims ( -- what an import says that an account did with a post that it only names
    account  text NOT NULL,
    name     text NOT NULL, -- as in aliases
    base     text NOT NULL CHECK (base IN ('reblog', 'favourite', 'bookmark')),
    url      text NOT NULL, -- as it stood in what was imported
    imported text NOT NULL, -- as in posts
    post_uri text,          -- the post, once it is in the archive: the activity is, too
    PRIMARY KEY (account, name, base)
);               -- only: postgres
) WITHOUT ROWID; -- only: sqlite
CREATE INDEX claims_open ON claims (name) WHERE post_uri IS NULL;

CREATE TABLE walks ( -- an interval of a collection read without a gap; an open one is the task of its next page
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
    id         integer PRIMARY KEY,                             -- only: sqlite
    account    text NOT NULL,
    collection text NOT NULL,
    rewalk     boolean NOT NULL, -- it reads again what the others cover, and is no part of that; removed at its end
    kept       text NOT NULL,    -- which of its types are archived
    open       boolean NOT NULL,
    complete   boolean NOT NULL, -- it reaches the beginning of the collection
    proved     boolean NOT NULL, -- by the server's cursors, not only by known items
    doubt      text,             -- why it is not: archive.Doubt, one or more with commas
    top        text NOT NULL,    -- cursor of its newest item
    bottom     text NOT NULL,    -- cursor of the oldest read
    next       text NOT NULL,    -- link of the next page; '' is the top page
    mark       text NOT NULL,    -- a link of before: one that comes back is a circle
    down_to    timestamptz,      -- what is known is read again down to posts of this age
    pages      integer NOT NULL,
    items      bigint NOT NULL,
    attempts   integer NOT NULL, -- failures of the next page so far
    not_before timestamptz,
    reason     text,             -- why the next page failed
    opened_at  timestamptz NOT NULL, -- before its top page was asked for: it holds what there was until then
    read_at    timestamptz,          -- when its last page came
    walked_at  timestamptz           -- when its collection was last read from the top to the beginning
);
CREATE INDEX walks_collection ON walks (account, collection, id);

CREATE TABLE frontier ( -- a post that must be asked for, by which account and for what, and what came of it
    account    text NOT NULL,
    name       text NOT NULL,    -- as in aliases
    kind       text NOT NULL CHECK (kind IN ('posts', 'search', 'again', 'history')), -- again: it is stored
    hops       integer NOT NULL, -- the fewest from any activity that wants it
    state      text NOT NULL CHECK (state IN ('pending', 'done', 'refused')),
    alone      boolean NOT NULL, -- a batch was silent about it
    attempts   integer NOT NULL,
    not_before timestamptz,
    reason     text,
    PRIMARY KEY (account, kind, name)
);
CREATE INDEX frontier_due ON frontier (account, kind, hops, length(name) DESC, name DESC) WHERE state = 'pending' AND not_before IS NULL;
CREATE INDEX frontier_again ON frontier (account, kind, not_before) WHERE state = 'pending' AND not_before IS NOT NULL;
CREATE INDEX frontier_refused ON frontier (not_before) WHERE state = 'refused';
CREATE INDEX frontier_done ON frontier (account) WHERE state = 'done';

CREATE TABLE attachments ( -- a media file of a post; a pending one is the task of its download
    post_uri   text NOT NULL,    -- '': a picture that many posts show: an avatar, a custom emoji, the image of a card
    source     text NOT NULL,    -- the original's address: the same whoever rendered the post
    position   integer,          -- in the post; NULL when only an older version has it
    media_id   text NOT NULL,
    type       text NOT NULL,
    alt        text NOT NULL,
    url        text NOT NULL,    -- the copy of the instance
    remote_url text NOT NULL,    -- the original
    sha256     text,             -- of its file
    state      text NOT NULL CHECK (state IN ('pending', 'done', 'refused', 'off')),
    host       text NOT NULL,    -- that the next attempt asks
    step       integer NOT NULL, -- which of its addresses that is
    gone       integer NOT NULL DEFAULT 0, -- which of them said no, as bits
    attempts   integer NOT NULL,
    not_before timestamptz,
    reason     text,
    PRIMARY KEY (post_uri, source)
);
CREATE INDEX attachments_due ON attachments (host, post_uri, source) WHERE state = 'pending' AND not_before IS NULL;
CREATE INDEX attachments_again ON attachments (host, not_before) WHERE state = 'pending' AND not_before IS NOT NULL;
CREATE INDEX attachments_refused ON attachments (not_before) WHERE state = 'refused';
CREATE INDEX attachments_file ON attachments (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE hosts ( -- a media host that gives no answer: its files wait
    host       text PRIMARY KEY,
    since      timestamptz NOT NULL,
    not_before timestamptz NOT NULL, -- when it is asked again, for one file
    reason     text NOT NULL
);

CREATE TABLE files ( -- a media file in the data folder: each content once
    sha256   text PRIMARY KEY,
    size     bigint NOT NULL,
    type     text NOT NULL,
    path     text NOT NULL UNIQUE, -- relative to the data folder
    saved_at timestamptz NOT NULL
);

CREATE TABLE lost ( -- a notification whose post was gone when it was read
    account         text NOT NULL,
    notification_id text NOT NULL,
    base            text NOT NULL,
    author          text,
    created_at      timestamptz,
    seen_at         timestamptz NOT NULL,
    json            text NOT NULL,
    PRIMARY KEY (account, notification_id)
);

CREATE TABLE servers ( -- what a server can do, and how that was learnt
    instance   text PRIMARY KEY,
    learned_at timestamptz NOT NULL,
    json       text NOT NULL
);

CREATE TABLE runs ( -- one start of the archiver
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
    id         integer PRIMARY KEY,                             -- only: sqlite
    started_at timestamptz NOT NULL,
    ended_at   timestamptz,
    outcome    text,
    summary    text -- JSON
);

CREATE TABLE invites ( -- a code with which a person can sign in to the reader, once
    hash       text PRIMARY KEY, -- SHA-256 of the code
    person     text NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE sessions ( -- a browser in which a person has signed in
    hash       text PRIMARY KEY, -- SHA-256 of the cookie
    person     text NOT NULL,
    browser    text NOT NULL,    -- as it calls itself
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE states ( -- small things to remember, as in LAMA 1.1
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
    id      integer PRIMARY KEY,                             -- only: sqlite
    account text NOT NULL,
    name    text NOT NULL,
    value   text NOT NULL,
    UNIQUE (account, name)
);
