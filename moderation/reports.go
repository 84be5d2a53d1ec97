package moderation

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/heat"
)

const (
	maxReportText = 1_000 // characters
	// maxOpenReports bounds what is kept about one comment. Beyond it a
	// moderator learns nothing new.
	maxOpenReports = 200
)

// Report tells the moderators that a reader objects to a public comment. The
// second report of one reader who is signed in, or from one address (of IPv6,
// from one /64), changes nothing, and is no error: the reader has been heard.
func (s *Service) Report(ctx context.Context, comment, reason, text string, from Visitor) error {
	if !slices.Contains(models.ReportReasons[:], reason) {
		return models.Invalid("reason", "Use "+strings.Join(models.ReportReasons[:], ", ")+".")
	}
	text = strings.TrimSpace(text)
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > maxReportText {
		return models.Invalid("text", fmt.Sprintf("Describe it in at most %d characters.", maxReportText))
	}
	unknown := make([]byte, hashSize)
	if _, err := io.ReadFull(s.rand, unknown); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	id, _ := models.CommentID.Parse(comment)
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		c, err := publicComment(ctx, tx.Query, id)
		if err != nil {
			return err
		}
		reporter, err := s.voter(c.SiteID, from, unknown)
		if err != nil {
			return err
		}
		return s.addReport(ctx, tx, c, models.Report{CommentID: id, Reason: reason, Text: text, Reporter: reporter})
	})
	return translate(err, "comment")
}

func (s *Service) addReport(ctx context.Context, tx *store.Tx, before models.Comment, r models.Report) error {
	if before.Reports >= maxOpenReports {
		return nil
	}
	added, err := tx.AddReport(ctx, &r)
	if err != nil || !added {
		return err
	}
	after := before
	after.Reports++
	after.Priority = max(after.Priority, after.Reports)
	return inOrder(
		func() error { return tx.SaveComment(ctx, &before, &after) },
		func() error { return s.heatByReport(ctx, tx, &before, r.Reporter) },
	)
}

// heatByReport lets the article feel that a reader objects, once in heatOnce.
func (s *Service) heatByReport(ctx context.Context, tx *store.Tx, c *models.Comment, reporter []byte) error {
	key := heatKey(c.ArticleID, "report:"+base64.RawStdEncoding.EncodeToString(reporter))
	counted, err := tx.Rates(ctx, []store.RateKey{key})
	if err != nil || counted[key] > tx.Now.UnixNano() {
		return err
	}
	article, err := tx.Article(ctx, c.ArticleID)
	if err != nil {
		return err
	}
	w := s.warmthOf(&article, tx.Now)
	w.observe(heat.Signal{Reported: true})
	return inOrder(
		func() error { return tx.SetRates(ctx, map[store.RateKey]int64{key: tx.Now.Add(heatOnce).UnixNano()}) },
		func() error { return saveHeat(ctx, tx, []*warmth{w}) },
	)
}

// publicComment reads a comment that readers see the text of. To readers no
// other exists.
func publicComment(ctx context.Context, q store.Query, id int64) (models.Comment, error) {
	c, err := q.Comment(ctx, id)
	if err == nil && c.Status != models.Approved {
		err = store.ErrNotFound
	}
	return c, err
}

// Like puts a like on a public comment or takes it off, and returns how many
// likes the comment has then. Doing it twice changes nothing. A reader who is
// signed in has one like, and so has an address; everybody without a known address
// is one and the same.
func (s *Service) Like(ctx context.Context, comment string, on bool, from Visitor) (likes int, err error) {
	id, _ := models.CommentID.Parse(comment)
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		c, err := publicComment(ctx, tx.Query, id)
		if err != nil {
			return err
		}
		reader, err := s.voter(c.SiteID, from, s.sign("address", "unknown"))
		if err != nil {
			return err
		}
		likes, err = tx.Like(ctx, &c, reader, on)
		return err
	})
	return likes, translate(err, "comment")
}
