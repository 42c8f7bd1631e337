package cli

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"lama/archive"
	"lama/disk"
	"lama/pipeline"
	"lama/stages"
	"lama/throttle"
)

// stages are the pipeline's, wired to this run's accounts, database and folder.
func (r *run) stages(files *http.Client, write *stages.Write) pipeline.Stages {
	retry := stages.Retry{Now: time.Now}
	page := stages.Page{Session: r.opened.session, Retry: retry, Learn: r.opened.learn}
	normalize := stages.Normalizer{View: r.opened.view, Malformed: func(account string, item []byte, err error) {
		r.log.Logger.Warn().Str("account", account).Err(err).Msg("an item can't be read and is kept out")
		r.log.File.Debug().Str("account", account).Bytes("item", item).Msg("the item that can't be read")
	}}
	media := stages.Media{HTTP: files, Folder: r.folder, Known: r.store.KnownFile, MaxBytes: r.cfg.MediaMaxBytes,
		Untold: mediaUntold, Now: time.Now, Free: func() (uint64, error) { return disk.Free(dataFolder(r.cfg)) },
		Admit:   func(url string) bool { ok, _ := r.gate.hosts.Admit(url); return ok },
		Observe: r.gate.observeFile, Silent: r.gate.hosts.Silent}
	return pipeline.Stages{
		Page: func(ctx context.Context, t archive.Task) (archive.Page, error) {
			return page.Fetch(throttle.Admitted(ctx), t)
		},
		Normalize: func(ctx context.Context, p archive.Page) (archive.Batch, error) {
			r.logPage(p)
			return normalize.Normalize(ctx, p)
		},
		Recurse:  r.opened.recurse().Recurse,
		Prepare:  r.store.Prepare,
		Media:    media.Fetch,
		Announce: r.store.Announce,
		Write:    write.Write,
		Files:    write,
	}
}

// recurse knows whose media are wanted.
func (o *openings) recurse() stages.Recurse {
	return stages.Recurse{Own: o.own, DownloadOwn: o.cfg.DownloadOwn, DownloadOthers: o.cfg.DownloadOthers, Now: time.Now}
}

func (r *run) writer() *stages.Write {
	return &stages.Write{Keeper: r.store, Folder: r.folder, Committed: func(b []archive.Batch, result archive.Result) {
		r.logCommit(b)
		r.watch.committed(b, result)
	}}
}

// logPage keeps what came, as it came, in the file: it holds private posts.
func (r *run) logPage(p archive.Page) {
	if e := r.log.File.Debug(); e.Enabled() {
		for _, s := range p.Statuses {
			r.log.File.Debug().Str("lane", p.Task.Lane.String()).RawJSON("status", s.JSON).Msg("received")
		}
	}
}

func (r *run) logCommit(batches []archive.Batch) {
	for _, b := range batches {
		e := r.log.Logger.Debug()
		switch {
		case b.Outcome.Account != nil:
			r.opened.fail(b.Account, explain(b.Outcome.Account, b.Account))
			continue
		case b.Walk != nil && b.Outcome.State != archive.Done:
			e = r.log.Logger.Warn()
		case b.Walk != nil:
			e = r.log.Logger.Info()
		}
		e = e.Stringer("lane", b.Lane)
		if b.Host != nil && b.Host.Silent {
			r.logHost(*b.Host)
		}
		if b.Walk != nil {
			e = e.Str("collection", string(b.Walk.Collection)).Int("items", b.Step.Items)
		}
		if b.Outcome.Reason != "" {
			e = e.Str("reason", b.Outcome.Reason)
		}
		for _, s := range b.Settles {
			switch {
			case s.State == archive.Refused:
				r.logRefused(s)
			case s.Missing && s.Want.Kind == archive.TaskAgain:
				r.log.Logger.Info().Str("account", s.Want.Account).Str("post", string(s.Want.Name)).Str("reason", s.Reason).
					Msg("an archived post is no longer on its server")
			}
		}
		e.Int("posts", len(b.Posts)).Int("files", len(b.Fetched)).Msg("settled")
	}
}

func (r *run) logHost(h archive.Host) {
	r.log.Logger.Info().Str("host", h.Name).Str("reason", h.Reason).Time("since", h.Since).Time("again", h.NotBefore).
		Msg("a media host gives no answer: its files wait")
}

func (r *run) logRefused(s archive.Settle) {
	r.watch.refused.Add(1)
	e := r.log.Logger.Info().Str("reason", s.Reason)
	if s.Media != nil {
		e.Str("post", cmp.Or(s.Media.PostURI, "many: "+s.Media.Type)).Msg("a file can't be had")
		return
	}
	e.Str("account", s.Want.Account).Str("post", string(s.Want.Name)).Msg("a post can't be had")
}

// waiting tells once of each wait for a budget.
func (r *run) waiting(lane archive.Lane, until time.Time) {
	if time.Until(until) < 2*time.Second {
		return
	}
	until, why := r.gate.status(lane, until)
	if r.watch.wait(lane.Owner, why, until) {
		r.log.Logger.Info().Stringer("lane", lane).Time("until", until).Str("why", why).Msg("waiting")
	}
}
