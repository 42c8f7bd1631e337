package cli_test

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// An account that can't be asked is named, and the others are planned.
func TestPlanWithOneBadAccount(t *testing.T) {
	for fault, f := range accountFaults {
		t.Run(fault, func(t *testing.T) {
			none := func(testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "none.db") }
			bubble(t, none, nil, func(h *house) {
				cleo := h.members[2]
				f.harm(h, cleo)
				stdout, stderr := h.plan(3)
				h.expectNamed(stderr, cleo, f.says)
				if !strings.Contains(stdout, "ana@HOST1 on mastodon") || !strings.Contains(stdout, "bo@HOST1 on mastodon") ||
					strings.Contains(stdout, "cleo@HOST2 on mastodon") || !strings.Contains(stdout, "\n- cleo@HOST2: ") &&
					!strings.Contains(stdout, "\n- cleo@HOST2 is") {
					t.Errorf("stdout:\n%s", stdout)
				}
			})
		})
	}
}

// A collection that a server refuses is named, and the others are planned.
func TestPlanWithOneBadCollection(t *testing.T) {
	h := planHouse(t)
	bo := h.members[1]
	bo.Instance().Break(mastodontest.Rule{Prefix: "/api/v1/bookmarks"},
		mastodontest.Status(http.StatusForbidden, `{"error": "This action is outside the authorized scopes"}`))
	stdout, stderr := h.plan(3)
	if !strings.Contains(stderr, "bookmarks of "+bo.Handle()+": ") || !strings.Contains(stderr, "authorized scopes") {
		t.Errorf("stderr: %s", stderr)
	}
	if !strings.Contains(stdout, "│ bookmarks     │ can't be asked ") ||
		!strings.Contains(stdout, "- bookmarks of bo@HOST2") || strings.Count(stdout, "│ bookmarks ") != 3 {
		t.Errorf("stdout:\n%s", stdout)
	}
}

// A page that a server finds too large is asked for in a smaller size, as in a run.
func TestPlanWithSmallPages(t *testing.T) {
	h := planHouse(t)
	cleo := h.members[2]
	cleo.Instance().Break(mastodontest.Rule{Prefix: "/api/v1/accounts/", First: 2, Times: 1},
		mastodontest.Status(http.StatusUnprocessableEntity, `{"error": "limit must be 20 at most"}`))
	stdout, _ := h.plan(0, "--account", cleo.Handle(), "--only", "statuses")
	if !strings.Contains(stdout, "│ statuses   │ about 60 │ 4     │") {
		t.Errorf("stdout:\n%s", stdout)
	}
}

// What is archived is not planned again.
func TestPlanWithAnArchive(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := planHouse(t)
			h.database = database(t)
			h.plan(0)
			if name == "postgres" {
				made := storetest.Query(t, h.database, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
				if len(made) > 0 {
					t.Fatalf("the plan made tables: %v", made)
				}
			}
			h.write(rowsOnly)
			h.lama(0, "run", "--only", "statuses", "--account", h.members[2].Handle())
			h.sql(`INSERT INTO frontier (account, name, kind, hops, state, alone, attempts)
VALUES ($1, 'id:HOST/1', 'posts', 1, 'pending', FALSE, 0), ($1, 'id:HOST/2', 'posts', 1, 'pending', FALSE, 0)`,
				h.members[2].Handle())
			stdout, _ := h.plan(0)
			today := time.Now().UTC().Format(time.DateOnly)
			for _, want := range []string{"│ complete to " + today + "; a run reads what is new │ 1 or more",
				"left over   2 posts that earlier runs still have to ask for\n", "│ statuses      │ about 60 "} {
				if !strings.Contains(stdout, want) {
					t.Errorf("it does not say %q:\n%s", want, stdout)
				}
			}
			if n := strings.Count(stdout, "complete to"); n != 1 {
				t.Errorf("%d collections are complete, want 1", n)
			}
			h.sql("UPDATE walks SET open = TRUE, complete = FALSE")
			h.sql("DELETE FROM activities WHERE base = 'post' AND id > (SELECT MIN(id) + 9 FROM activities)")
			h.sql("UPDATE attachments SET state = 'pending'")
			stdout, _ = h.plan(0, "--only", "statuses", "--account", h.members[2].Handle())
			if !regexp.MustCompile(`│ about 5\d more; \d+ are archived │ 2 `).MatchString(stdout) ||
				!regexp.MustCompile(`\nleft over   \d+ files that earlier runs still have to download\n`).MatchString(stdout) {
				t.Errorf("the archive is half there:\n%s", stdout)
			}
		})
	}
}
