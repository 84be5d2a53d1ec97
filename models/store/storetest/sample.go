package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// testSample follows a drawn comment: it is in the lane of the sample for as
// long as it is in that of new comments, and counted in both.
func testSample(t *testing.T, w *world) {
	counts := func() models.LaneCounts {
		w.write(func(ctx context.Context, tx *store.Tx) error { // Check knows the number of drawn comments
			drawn := must(tx.Sample(ctx, w.site.ID))(t).Drawn
			return tx.AddSamples(ctx, map[int64]models.SampleTally{w.site.ID: {Drawn: 1 - drawn}})
		})
		w.sound()
		return must(w.LaneCounts(t.Context(), []int64{w.site.ID}))(t)[w.site.ID]
	}
	c := models.Comment{Status: models.Approved, Sampled: true}
	w.write(func(ctx context.Context, tx *store.Tx) error { return w.insert(ctx, tx, &c, nil) })
	waits := models.LaneCounts{models.LaneNew: 1, models.LaneSample: 1}
	equal(t, "drawn", counts(), waits)
	c = w.save(c.ID, func(c *models.Comment) { c.Sampled, c.Extra, c.Priority = false, true, 3 })
	equal(t, "drawn once for all", []bool{c.Sampled, c.Extra, w.comment(c.ID).Sampled}, []bool{true, false, true})
	equal(t, "still there", counts(), waits)
	queued := c.QueuedAt
	c = w.save(c.ID, func(c *models.Comment) { c.Escalated = true })
	equal(t, "escalated", counts(), models.LaneCounts{models.LaneEscalated: 1})
	c = w.save(c.ID, func(c *models.Comment) { c.Escalated, c.QueuedAt = false, queued })
	equal(t, "back", counts(), waits)
	w.save(c.ID, func(c *models.Comment) { c.Reviewed = true })
	equal(t, "reviewed", counts(), models.LaneCounts{})
	w.save(c.ID, func(c *models.Comment) { c.Reviewed, c.QueuedAt = false, queued })
	equal(t, "undone", counts(), waits)
	w.setStatus(c.ID, models.Removed)
	equal(t, "removed", counts(), models.LaneCounts{})
}

// drawn makes new comments of which every third is sampled, and a held one that
// must not appear anywhere.
func drawn(w *world, n int) (all, sampled []int64) {
	w.write(func(ctx context.Context, tx *store.Tx) error {
		for i := range n {
			c := models.Comment{Status: models.Approved, Sampled: i%3 == 0, Priority: i % 4, QueuedAt: start.Add(time.Duration(i) * time.Second)}
			if err := w.insert(ctx, tx, &c, nil); err != nil {
				return err
			}
			all = append(all, c.ID)
			if c.Sampled {
				sampled = append(sampled, c.ID)
			}
		}
		return w.insert(ctx, tx, &models.Comment{Status: models.Pending, Sampled: true, QueuedAt: start.Add(time.Hour)}, nil)
	})
	return all, sampled
}

// testSampleQueue reads and claims the lane of the sample, alone and among
// others: nothing comes twice.
func testSampleQueue(t *testing.T, w *world) {
	all, sampled := drawn(w, 40)
	site := []int64{w.site.ID}
	held := queue(t, w, store.QueueFilter{Sites: site, Lanes: []models.Lane{models.LanePending}}, 9, 9)
	for _, test := range []struct {
		name string
		f    store.QueueFilter
		want []int64
	}{
		{"sample", store.QueueFilter{Lanes: []models.Lane{models.LaneSample}}, sampled},
		{"priority is oldest", store.QueueFilter{Lanes: []models.Lane{models.LaneSample}, Sort: "priority"}, sampled},
		{"of an article", store.QueueFilter{Lanes: []models.Lane{models.LaneSample}, Article: w.article.ID}, sampled},
		{"of an author", store.QueueFilter{Lanes: []models.Lane{models.LaneSample}, Author: w.author.ID}, sampled},
		{"with text", store.QueueFilter{Lanes: []models.Lane{models.LaneSample}, Text: fmt.Sprint("text ", sampled[3])}, sampled[3:4]},
		{"new and sample", store.QueueFilter{Lanes: []models.Lane{models.LaneNew, models.LaneSample}}, all},
		{"sample and pending", store.QueueFilter{Lanes: []models.Lane{models.LaneSample, models.LanePending}}, append(sampled[:len(sampled):len(sampled)], held...)},
		{"every lane", store.QueueFilter{}, append(all[:len(all):len(all)], held...)},
		{"every lane by name", store.QueueFilter{Lanes: models.Lanes[:]}, append(all[:len(all):len(all)], held...)},
	} {
		test.f.Sites = site
		for _, limit := range []int{3, 100} {
			equal(t, test.name, queue(t, w, test.f, limit, 10), test.want)
		}
	}
	claim := func(lanes ...models.Lane) (list []int64) {
		w.write(func(ctx context.Context, tx *store.Tx) error {
			c := models.Claim{ModeratorID: 1, ExpiresAt: tx.Now.Add(time.Hour)}
			list = ids(must(tx.Claim(ctx, &c, fmt.Append(nil, lanes), site, lanes, 5))(t))
			return nil
		})
		return list
	}
	equal(t, "claimed of the sample", claim(models.LaneSample), sampled[:5])
	equal(t, "claimed of both", claim(models.LaneSample, models.LaneNew), []int64{all[1], all[2], all[4], all[5], all[7]})
}
