package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"lama/archive"
	"lama/stages"
)

// jsonFile is a file of an activity that is not as its rows make it.
type jsonFile struct {
	id      int64 // of the activity
	path    string
	content []byte
	flaw    flaw
}

// json compares the JSON files with what their rows make. Those of an account that is no longer configured stay as
// they were when it was.
func (c *check) json(ctx context.Context) error {
	for after := int64(0); ; {
		activities, err := c.Rows.Filed(ctx, after, page)
		if err != nil || len(activities) == 0 {
			return err
		}
		var bad []jsonFile
		seen := map[string]bool{} // some activities share a file
		for _, a := range activities {
			f, err := c.inspectJSON(ctx, a)
			if err != nil {
				return err
			}
			if f.flaw.what != "" && !seen[f.path] {
				seen[f.path], bad = true, append(bad, f)
			}
		}
		if err := c.tellJSON(ctx, bad); err != nil {
			return err
		}
		after = activities[len(activities)-1].ID
	}
}

func (c *check) inspectJSON(ctx context.Context, a archive.Unwritten) (f jsonFile, err error) {
	account, known := c.accounts[a.Activity.Account]
	if !known {
		return f, nil
	}
	f.id = a.ID
	f.path, f.content = stages.JSONFile(account, a)
	f.flaw, err = c.inspectContent(ctx, f)
	c.tally.JSON++
	c.progress(Progress{Step: "JSON files", Done: c.tally.JSON, All: c.all.JSON})
	return f, err
}

func (c *check) inspectContent(ctx context.Context, f jsonFile) (flaw, error) {
	sum := sha256.Sum256(f.content)
	return c.inspect(ctx, f.path, int64(len(f.content)), hex.EncodeToString(sum[:]))
}

// tellJSON tells of files, after they were written anew if that is wanted.
func (c *check) tellJSON(ctx context.Context, bad []jsonFile) error {
	if c.Repair {
		if err := c.writeAnew(ctx, bad); err != nil {
			return err
		}
	}
	for _, f := range bad {
		d := archive.Damage{Where: f.path, What: f.flaw.what, Remedy: "`lama verify --repair` writes it anew"}
		if f.flaw.stuck {
			d.Remedy = inTheWay
		}
		if c.Repair {
			left, err := c.inspectContent(ctx, f)
			if err != nil {
				return err
			}
			if d.Mended = left.what == ""; d.Mended {
				d.Remedy = ""
			}
		}
		c.found(d)
	}
	return nil
}

func (c *check) writeAnew(ctx context.Context, bad []jsonFile) error {
	var ids []int64
	for _, f := range bad {
		if !f.flaw.stuck {
			ids = append(ids, f.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := c.Rows.Unwrite(ctx, ids); err != nil {
		return err
	}
	return c.Rewrite(ctx)
}
