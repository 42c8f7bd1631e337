package store

// importsStep makes room for what others have archived.
const importsStep = `
ALTER TABLE posts ADD COLUMN imported text;
ALTER TABLE revisions ADD COLUMN imported text;
ALTER TABLE activities ADD COLUMN imported text;
CREATE TABLE claims (
    account  text NOT NULL,
    name     text NOT NULL,
    base     text NOT NULL CHECK (base IN ('reblog', 'favourite', 'bookmark')),
    url      text NOT NULL,
    imported text NOT NULL,
    post_uri text,
    PRIMARY KEY (account, name, base)
);               -- only: postgres
) WITHOUT ROWID; -- only: sqlite
CREATE INDEX claims_open ON claims (name) WHERE post_uri IS NULL;
`
