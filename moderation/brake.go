package moderation

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/brake"
	"postbag/moderation/rules"
)

// A version of a rule is young for so long, and until so many comments were
// evidence for or against it.
const (
	youngFor  = 72 * time.Hour
	youngSeen = 500
)

// settledSite is how old a site must be for its readers to have a past there.
const settledSite = 7 * 24 * time.Hour

// The kinds of notes that this package writes by itself.
const (
	noteBrake   = "brake"
	noteHeat    = "heat"
	noteRule    = "rule"
	noteArticle = "article"
)

// braked returns the rules that the brake watches while they are young: those
// that keep comments back for what they say or for who wrote them. Rate and flood
// rules are not among them. How often they fire follows from what is going on,
// and a flood that they stop is a large share of all comments by its nature.
func braked(list []models.Rule) []models.Rule {
	return slices.DeleteFunc(list, func(r models.Rule) bool {
		return r.Kind == rules.Rate || r.Kind == rules.Flood || r.Action < models.Hold || r.Mode != rules.Enforce && r.Mode != rules.HoldOnly
	})
}

// watch is a young version of a rule in one commit.
type watch struct {
	ruleVersion
	brake.Watch
	rule    models.Rule
	tripped bool
	over    bool // it need not be looked at again
	before  brake.Watch
}

// brakes is what is remembered from one commit to the next. Only the batcher uses
// it. When the process ends, nothing is lost that matters.
type brakes struct {
	over    map[ruleVersion]bool      // grown up, tripped, or alerted about
	failed  map[ruleVersion]time.Time // when somebody was last told that the rule fails
	carried *tallies                  // of comments that were all refused, for the next commit that stores something
}

// remember notes what a commit has settled.
func (k *brakes) remember(b *batch) {
	for _, list := range b.watches {
		for _, w := range list {
			if w.over {
				k.over[w.ruleVersion] = true
			}
		}
	}
	for v := range b.failed {
		k.failed[v] = b.now
	}
	k.carried = newTallies()
	if !b.stored {
		k.carried = b.tallies
	}
}

// loadWatches reads what is known of the young rules of the batch's sites.
func (b *batch) loadWatches() error {
	var ids []int64
	for _, j := range b.jobs {
		if _, known := b.watches[j.site.ID]; known {
			continue
		}
		b.watches[j.site.ID] = b.s.brakes.watches(j.site.watched)
		for _, w := range b.watches[j.site.ID] {
			ids = append(ids, w.rule.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	stored, err := b.tx.TalliesOf(b.ctx, ids)
	if err != nil {
		return err
	}
	byVersion := make(map[ruleVersion]brake.Watch, len(stored))
	for _, t := range stored {
		byVersion[ruleVersion{t.RuleID, t.Version}] = brake.Watch{Seen: t.Seen, Networks: t.Networks}
	}
	for _, list := range b.watches {
		for _, w := range list {
			w.Watch = byVersion[w.ruleVersion]
			w.Seen += b.tallies.of(w.ruleVersion).Seen
			w.before = w.Watch
			w.over = w.Over() || w.Seen >= youngSeen && b.tx.Now.Sub(w.rule.UpdatedAt) >= youngFor
		}
	}
	return nil
}

func (k *brakes) watches(watched []models.Rule) []*watch {
	var list []*watch
	for _, r := range watched {
		if v := (ruleVersion{r.ID, r.Version}); !k.over[v] {
			list = append(list, &watch{ruleVersion: v, rule: r})
		}
	}
	return list
}

// observe shows a judged comment to the brake, whether it is taken or not.
func (b *batch) observe(a *accepted) {
	b.tallies.fire(a.verdict.Findings, b.now)
	list := b.watches[a.job.site.ID]
	if len(list) == 0 {
		return
	}
	fired, sender := versions(a.verdict.Findings), b.shortSender(a.job)
	for _, w := range list {
		if w.over {
			continue
		}
		w.Observe(brake.Sighting{
			Network: sender, Stranger: stranger(b.authors[a.job], &w.rule, &a.job.site.Site, b.now), Fired: slices.Contains(fired, w.ruleVersion),
		})
		if w.Tripped(brake.Bound(w.rule.Promise)) {
			w.tripped, w.over = true, true
		}
	}
}

// sender tells those who write apart: by the widest network around the address,
// or by the author where the address says nothing about who writes.
func (b *batch) sender(j *job) string {
	if network := j.from.neighbourhood(); len(network) > 0 && telling(j.in.Addr) {
		return base64.RawStdEncoding.EncodeToString(network)
	}
	return models.AuthorID.Format(b.authors[j].ID)
}

// shortSender is sender in a few bytes.
func (b *batch) shortSender(j *job) uint32 {
	return binary.BigEndian.Uint32(b.s.sign("brake", b.sender(j)))
}

// telling reports whether an address tells one sender from another: it is known,
// and not that of a proxy in front of the server or of the server itself.
func telling(addr netip.Addr) bool {
	addr = addr.Unmap()
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10) // RFC 6598, behind a provider's translation
	return addr.IsValid() && !addr.IsLoopback() && !addr.IsPrivate() && !addr.IsLinkLocalUnicast() && !addr.IsUnspecified() && !shared.Contains(addr)
}

// stranger reports whether an author is not in good standing: with a comment that
// was approved, none removed, and here since before the rule was saved, or for as
// long as makes a site settled. A site that is not settled knows nobody, so nobody
// is a stranger there.
func stranger(a *models.Author, r *models.Rule, site *models.Site, now time.Time) bool {
	if now.Sub(site.CreatedAt) < settledSite {
		return false
	}
	late := !a.CreatedAt.Before(r.UpdatedAt) && now.Sub(a.CreatedAt) < settledSite
	return late || a.Approved == 0 || a.Removed+a.Spam > 0
}

// braked reports whether a rule of a site was stopped in this batch.
func (b *batch) braked(site int64) bool {
	return slices.ContainsFunc(b.watches[site], func(w *watch) bool { return w.tripped && !w.rule.Legal })
}

// saveBrakes writes the numbers of the rules, and stops those that tripped the
// brake. Where nothing was accepted, only a fire is worth a commit; the rest is
// carried over to the next.
func (b *batch) saveBrakes() error {
	b.stored = len(b.accepted) > 0
	var tripped []*watch
	for _, list := range b.watches {
		for _, w := range list {
			tally := b.tallies.of(w.ruleVersion)
			tally.Seen += w.Seen - w.before.Seen
			if len(w.Networks) > len(w.before.Networks) {
				tally.Networks, b.stored = w.Networks, true
			}
			if w.tripped {
				tripped = append(tripped, w)
			}
		}
	}
	if !b.stored {
		return nil
	}
	if err := b.tallies.save(b.ctx, b.tx); err != nil {
		return err
	}
	for _, w := range tripped {
		if err := b.trip(w); err != nil {
			return fmt.Errorf("stop rule %d: %w", w.rule.ID, err)
		}
	}
	return nil
}

// trip stops a rule: it goes on in shadow mode, and somebody is told. About a
// rule of legal duty they are only told, once for each version. A rule that
// changed in the meantime is somebody's new decision and left alone.
func (b *batch) trip(w *watch) error {
	r, err := b.tx.Rule(b.ctx, w.rule.ID)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && r.Version != w.version:
		return nil
	case err != nil:
		return err
	}
	text := brakeNote(w)
	if r.Legal {
		told, err := b.tx.NotedSince(b.ctx, r.ID, noteBrake, r.UpdatedAt)
		if err != nil || told {
			return err
		}
	} else {
		r.Mode = rules.Shadow
		if err := b.tx.SaveRule(b.ctx, &r, 0); err != nil {
			return err
		}
	}
	b.s.log.Warn("a rule fires on far more comments than it should", "rule", models.RuleID.Format(r.ID), "name", r.Name, "legal", r.Legal)
	return b.tx.AddNote(b.ctx, &models.Note{
		SiteID: r.SiteID, Kind: noteBrake, Subject: models.RuleID.Format(r.ID), RuleID: r.ID, Alert: true, Text: text,
	})
}

// brakeNote says what happened and what can be done.
func brakeNote(w *watch) string {
	expected := "it has no backtest, so at most 5 % were expected"
	if w.rule.Promise >= 0 {
		expected = fmt.Sprintf("its backtest promised %s", percent(float64(w.rule.Promise)/1e6))
	}
	found := fmt.Sprintf("it fired on %d of %d comments, each from another sender, and %s", len(w.Networks), w.Seen, expected)
	if w.rule.Legal {
		return fmt.Sprintf("The rule “%s” goes on because it serves a legal duty, but look at what it does: %s.", w.rule.Name, found)
	}
	return fmt.Sprintf("The rule “%s” was put into shadow mode: %s; nothing is lost: release what version %d held, and if the rule is right, run a backtest and then switch it on again.",
		w.rule.Name, found, w.version)
}

// percent writes a share with at most two digits behind the point.
func percent(share float64) string {
	text := strconv.FormatFloat(100*share, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + " %"
}

// tellOfFailures is how long nobody is told again that the same rule fails.
const tellOfFailures = time.Hour

// saveFailures tells somebody of rules that could not be asked and therefore hold
// every comment.
func (b *batch) saveFailures() error {
	for _, a := range b.accepted {
		for i := range a.verdict.Findings {
			f := &a.verdict.Findings[i]
			v := ruleVersion{f.RuleID, f.Version}
			if !rules.Failed(f) || b.now.Sub(b.s.brakes.failed[v]) < tellOfFailures || b.failed[v] {
				continue
			}
			b.failed[v] = true
			err := b.tx.AddNote(b.ctx, &models.Note{
				SiteID: a.comment.SiteID, Kind: noteRule, Subject: models.RuleID.Format(f.RuleID), RuleID: f.RuleID, Alert: true,
				Text: fmt.Sprintf("“%s” does not work, so it holds every comment: %s", f.Name, f.Detail),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
