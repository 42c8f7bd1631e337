package mastodon_test

import (
	"errors"
	"strings"
	"testing"

	"lama/mastodon"
)

func TestTheFirstRefusalDecides(t *testing.T) {
	refused := func(k mastodon.Kind) error {
		return &mastodon.Error{URL: "https://a.example/x", Status: 400, Message: "no", Kind: k}
	}
	modern := mastodon.Server{Batch: mastodon.BatchID, APIVersion: 7}
	for name, tc := range map[string]struct {
		what mastodon.Ability
		err  error
		news bool
		able func(mastodon.Server) bool // afterwards
		want bool
	}{
		"a batch is given":        {mastodon.AbleBatch, nil, true, batches, true},
		"no such path":            {mastodon.AbleBatch, refused(mastodon.NotFound), true, batches, false},
		"an outage says nothing":  {mastodon.AbleBatch, refused(mastodon.Temporary), false, batches, true},
		"nor does a lost token":   {mastodon.AbleBatch, refused(mastodon.Unauthorized), false, batches, true},
		"nor an error of another": {mastodon.AbleBatch, errors.New("disk full"), false, batches, true},
		"no conversations":        {mastodon.AbleContext, refused(mastodon.Invalid), true, tells, false},
		"conversations":           {mastodon.AbleContext, nil, true, tells, true},
		"no history":              {mastodon.AbleHistory, refused(mastodon.NotFound), true, remembers, false},
		"a history":               {mastodon.AbleHistory, nil, true, remembers, true},
		"pages too large":         {mastodon.AblePages("notifications"), refused(mastodon.Invalid), true, largePages, false},
		"a collection not there":  {mastodon.AblePages("notifications"), refused(mastodon.NotFound), false, largePages, true},
		"what all can":            {"", refused(mastodon.NotFound), false, batches, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, news := modern.Learn(tc.what, tc.err)
			if (tc.what == mastodon.AbleContext || tc.what == mastodon.AbleHistory) && tc.err != nil { // it may be about a post that is gone
				if news || !tc.able(s) {
					t.Error("one refusal decides")
				}
				s, news = s.Learn(tc.what, tc.err)
			}
			if news != tc.news || tc.able(s) != tc.want {
				t.Errorf("news %t, able %t", news, tc.able(s))
			}
			if news && !strings.Contains(s.Evidence[string(tc.what)+" asked"], map[bool]string{true: "given", false: "refused"}[tc.want]) {
				t.Errorf("the evidence is %v", s.Evidence)
			}
			if again, more := s.Learn(tc.what, refused(mastodon.Invalid)); news && (more || tc.able(again) != tc.want) {
				t.Error("a later answer changed it")
			}
		})
	}
	if modern.Evidence != nil {
		t.Error("what was known before is changed")
	}
}

func batches(s mastodon.Server) bool    { return s.Batch.Size() > 1 }
func tells(s mastodon.Server) bool      { return !s.NoContext }
func remembers(s mastodon.Server) bool  { return !s.NoHistory }
func largePages(s mastodon.Server) bool { return s.Limit("notifications") > 20 }
