package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	onlyMark    = regexp.MustCompile(`only: (postgres|sqlite)\s*$`)
	versionMark = regexp.MustCompile(`(?m)^-- version: (\d+)$`)
)

// forDialect is the schema without the lines that are for the other database.
func forDialect(schema, dialect string) string {
	var kept []string
	for line := range strings.Lines(schema) {
		if only := onlyMark.FindStringSubmatch(line); only == nil || only[1] == dialect {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func schemaVersion(schema string) (int, error) {
	m := versionMark.FindStringSubmatch(schema)
	if m == nil {
		return 0, errors.New("the schema names no version")
	}
	return strconv.Atoi(m[1])
}

// migrations holds, under the version that it makes, the SQL that leads there from the version before.
// schema.sql is the whole at the newest version; a test compares the two ways.
var migrations = map[int]string{
	2: `
DROP INDEX activities_type;
CREATE INDEX activities_type ON activities (activity_type, account);
DROP INDEX frontier_pending;
CREATE INDEX frontier_due ON frontier (account, kind, hops, length(name) DESC, name DESC) WHERE state = 'pending' AND not_before IS NULL;
CREATE INDEX frontier_again ON frontier (account, kind, not_before) WHERE state = 'pending' AND not_before IS NOT NULL;
CREATE INDEX frontier_refused ON frontier (not_before) WHERE state = 'refused';
CREATE INDEX frontier_done ON frontier (account) WHERE state = 'done';
DROP INDEX attachments_pending;
CREATE INDEX attachments_due ON attachments (host, post_uri, source) WHERE state = 'pending' AND not_before IS NULL;
CREATE INDEX attachments_again ON attachments (host, not_before) WHERE state = 'pending' AND not_before IS NOT NULL;
CREATE INDEX attachments_refused ON attachments (not_before) WHERE state = 'refused';
`,
	3: `
ALTER TABLE walks ADD COLUMN doubt text;
ALTER TABLE walks ADD COLUMN rewalk boolean NOT NULL DEFAULT FALSE;
ALTER TABLE walks ALTER COLUMN rewalk DROP DEFAULT; -- only: postgres
ALTER TABLE walks ADD COLUMN walked_at timestamptz;
ALTER TABLE attachments ADD COLUMN gone integer NOT NULL DEFAULT 0;
CREATE TABLE hosts (
    host       text PRIMARY KEY,
    since      timestamptz NOT NULL,
    not_before timestamptz NOT NULL,
    reason     text NOT NULL
);
` + recheckStep + termsStep + sessionsStep + importsStep + filesStep,
}

// migrate brings the database to the schema's version: a fresh one at once, an older one step by step, each
// step in a transaction of its own. It refuses a database that a newer LAMA has written.
func migrate(ctx context.Context, e engine, schema string, steps map[int]string, exists bool) error {
	want, err := schemaVersion(schema)
	if err != nil {
		return err
	}
	known, err := recordedVersion(ctx, e)
	switch {
	case err != nil:
		return fmt.Errorf("read the database: %w", err)
	case known == want:
		return nil
	case known == 0 && exists:
		return ErrNoArchive
	}
	for {
		var version int
		err := e.write(ctx, func(t tx) error {
			if err = onlyOne(ctx, t, e.dialect()); err != nil {
				return err
			}
			if version, err = currentVersion(ctx, t, e.dialect()); err != nil || version >= want {
				return err
			}
			if version == 0 {
				return create(ctx, t, forDialect(schema, e.dialect()), want)
			}
			return step(ctx, t, forDialect(steps[version+1], e.dialect()), version+1)
		})
		switch {
		case err != nil:
			return fmt.Errorf("prepare the database: %w", withRemedy(e, err))
		case version > want:
			return tooNew(version, want)
		case version == want:
			return nil
		}
	}
}

// sameVersion refuses a database that [migrate] would have to write to.
func sameVersion(ctx context.Context, e engine, schema string) error {
	want, err := schemaVersion(schema)
	if err != nil {
		return err
	}
	known, err := recordedVersion(ctx, e)
	switch {
	case err != nil:
		return fmt.Errorf("read the database: %w", err)
	case known == 0:
		return ErrNoArchive
	case known < want:
		return fmt.Errorf("the archive has version %d: the next `lama run` brings it to version %d", known, want)
	case known > want:
		return tooNew(known, want)
	}
	return nil
}

func tooNew(version, want int) error {
	return fmt.Errorf("the archive has version %d, this lama knows %d: use a newer lama", version, want)
}

// ErrNoArchive says that the database holds no archive.
var ErrNoArchive = errors.New("there is no archive in the database yet: `lama run` makes it")

// recordedVersion reads the version without keeping anybody from writing; 0 where there is no archive.
func recordedVersion(ctx context.Context, e engine) (version int, err error) {
	err = e.read(ctx, func(t tx) (err error) {
		version, err = currentVersion(ctx, t, e.dialect())
		return err
	})
	return version, err
}

// onlyOne keeps two programs from making the same tables. SQLite lets one write at a time anyway.
func onlyOne(ctx context.Context, t tx, dialect string) error {
	if dialect != "postgres" {
		return nil
	}
	return t.exec(ctx, "SELECT pg_advisory_xact_lock(hashtext('lama schema ' || current_schema()))")
}

func currentVersion(ctx context.Context, t tx, dialect string) (int, error) {
	exists := "SELECT 1 FROM sqlite_schema WHERE name = 'archive'"
	if dialect == "postgres" {
		exists = "SELECT 1 FROM pg_class WHERE oid = to_regclass(quote_ident(current_schema()) || '.archive') AND relkind IN ('r', 'p')"
	}
	tables, err := collect(ctx, t, scanInt, exists)
	if err != nil || len(tables) == 0 {
		return 0, err
	}
	versions, err := collect(ctx, t, scanInt, "SELECT version FROM archive")
	if err != nil {
		return 0, err
	}
	if len(versions) != 1 {
		return 0, errors.New("its table archive must hold one row: is this another program's database?")
	}
	return int(versions[0]), nil
}

func create(ctx context.Context, t tx, schema string, version int) error {
	if err := execAll(ctx, t, schema); err != nil {
		return err
	}
	return t.exec(ctx, "INSERT INTO archive (id, version) VALUES ($1, $2)", rand.Text(), version)
}

func step(ctx context.Context, t tx, sql string, version int) error {
	if sql == "" {
		return fmt.Errorf("there is no way to version %d", version)
	}
	if err := execAll(ctx, t, sql); err != nil {
		return err
	}
	return t.exec(ctx, "UPDATE archive SET version = $1", version)
}

// execAll runs each statement.
func execAll(ctx context.Context, t tx, sql string) error {
	for _, statement := range statements(sql) {
		if err := t.exec(ctx, statement); err != nil {
			return fmt.Errorf("%w in: %.80s", err, statement)
		}
	}
	return nil
}

var comments = regexp.MustCompile(` *--.*`)

// statements are those of a text, comments aside: each ends in ";" at the end of a line.
func statements(sql string) (all []string) {
	for statement := range strings.SplitSeq(comments.ReplaceAllString(sql, ""), ";\n") {
		if statement = strings.TrimSuffix(strings.TrimSpace(statement), ";"); statement != "" {
			all = append(all, statement)
		}
	}
	return all
}

func scanInt(r rows) (n int64, err error) { return n, r.Scan(&n) }

func scanString(r rows) (s string, err error) { return s, r.Scan(scanText{&s}) }
