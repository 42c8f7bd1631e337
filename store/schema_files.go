package store

// filesStep says of posts how many of their files are here, so that those with any are found among all.
const filesStep = `
ALTER TABLE posts ADD COLUMN files integer NOT NULL DEFAULT 0;
UPDATE posts SET files = (SELECT count(*) FROM attachments a JOIN files f ON f.sha256 = a.sha256
    WHERE a.post_uri = posts.post_uri AND a.position IS NOT NULL)
WHERE post_uri IN (SELECT post_uri FROM attachments WHERE sha256 IS NOT NULL);
CREATE INDEX posts_files ON posts (created_at) WHERE files > 0;
`
