package store

// termsStep makes the index. What posts are found by takes Go to tell: [Store.FillIndex] does.
const termsStep = `
CREATE TABLE terms (rowid bigint PRIMARY KEY, lexemes tsvector NOT NULL); -- only: postgres
CREATE INDEX terms_lexemes ON terms USING gin (lexemes);                  -- only: postgres
CREATE VIRTUAL TABLE terms USING fts5(lexemes, content='', contentless_delete=1, tokenize='ascii', prefix='2'); -- only: sqlite
INSERT INTO terms (terms, rank) VALUES ('automerge', 8); -- only: sqlite
`
