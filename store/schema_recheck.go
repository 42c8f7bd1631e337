package store

// recheckStep gives posts the times at which they are asked for again, and the frontier the kinds of request that this
// takes. What was young when it was stored is due as if it had been so then.
const recheckStep = `
ALTER TABLE posts ADD COLUMN recheck_at timestamptz;
ALTER TABLE posts ADD COLUMN again_at timestamptz;
CREATE INDEX posts_recheck ON posts (recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX posts_again ON posts (again_at) WHERE again_at IS NOT NULL;
UPDATE posts SET recheck_at = CASE
    WHEN created_at + interval '1 day' > fetched_at THEN created_at + interval '1 day'    -- only: postgres
    WHEN created_at + interval '7 days' > fetched_at THEN created_at + interval '7 days'  -- only: postgres
    ELSE created_at + interval '30 days' END                                              -- only: postgres
WHERE reblog IS NULL AND created_at + interval '30 days' > fetched_at;                    -- only: postgres
    WHEN datetime(created_at, '+1 day') > datetime(fetched_at) THEN datetime(created_at, '+1 day') || '+00:00'    -- only: sqlite
    WHEN datetime(created_at, '+7 days') > datetime(fetched_at) THEN datetime(created_at, '+7 days') || '+00:00'  -- only: sqlite
    ELSE datetime(created_at, '+30 days') || '+00:00' END                                                         -- only: sqlite
WHERE reblog IS NULL AND datetime(created_at, '+30 days') > datetime(fetched_at);                                 -- only: sqlite
ALTER TABLE walks ADD COLUMN down_to timestamptz;
ALTER TABLE frontier DROP CONSTRAINT frontier_kind_check;                                                               -- only: postgres
ALTER TABLE frontier ADD CONSTRAINT frontier_kind_check CHECK (kind IN ('posts', 'search', 'again', 'history'));        -- only: postgres
ALTER TABLE frontier DROP CONSTRAINT frontier_pkey;                                                                     -- only: postgres
ALTER TABLE frontier ADD PRIMARY KEY (account, kind, name);                                                             -- only: postgres
ALTER TABLE frontier RENAME TO frontier_2;                                           -- only: sqlite
DROP INDEX frontier_due;                                                             -- only: sqlite
DROP INDEX frontier_again;                                                           -- only: sqlite
DROP INDEX frontier_refused;                                                         -- only: sqlite
DROP INDEX frontier_done;                                                            -- only: sqlite
CREATE TABLE frontier (                                                              -- only: sqlite
    account    text NOT NULL,                                                        -- only: sqlite
    name       text NOT NULL,                                                        -- only: sqlite
    kind       text NOT NULL CHECK (kind IN ('posts', 'search', 'again', 'history')), -- only: sqlite
    hops       integer NOT NULL,                                                     -- only: sqlite
    state      text NOT NULL CHECK (state IN ('pending', 'done', 'refused')),        -- only: sqlite
    alone      boolean NOT NULL,                                                     -- only: sqlite
    attempts   integer NOT NULL,                                                     -- only: sqlite
    not_before timestamptz,                                                          -- only: sqlite
    reason     text,                                                                 -- only: sqlite
    PRIMARY KEY (account, kind, name)                                                -- only: sqlite
);                                                                                   -- only: sqlite
INSERT INTO frontier SELECT account, name, kind, hops, state, alone, attempts, not_before, reason FROM frontier_2; -- only: sqlite
DROP TABLE frontier_2;                                                               -- only: sqlite
CREATE INDEX frontier_due ON frontier (account, kind, hops, length(name) DESC, name DESC) WHERE state = 'pending' AND not_before IS NULL; -- only: sqlite
CREATE INDEX frontier_again ON frontier (account, kind, not_before) WHERE state = 'pending' AND not_before IS NOT NULL; -- only: sqlite
CREATE INDEX frontier_refused ON frontier (not_before) WHERE state = 'refused';      -- only: sqlite
CREATE INDEX frontier_done ON frontier (account) WHERE state = 'done';               -- only: sqlite
`
