package store

// sessionsStep makes room for who may read.
const sessionsStep = `
CREATE TABLE invites (
    hash       text PRIMARY KEY,
    person     text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE TABLE sessions (
    hash       text PRIMARY KEY,
    person     text NOT NULL,
    browser    text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
`
