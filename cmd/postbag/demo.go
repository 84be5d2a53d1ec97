package main

import (
	"context"
	"fmt"
	"net/netip"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/auth"
)

const (
	demoSite  = "demo"
	demoEmail = "demo@example.org"
	demoTitle = "Forty-three held after harbour march as charging decisions wait"
)

// demoComment is one sample comment. Parent counts from 1; 0 makes a root.
type demoComment struct {
	name, text string
	parent     int
	reviewed   bool   // a moderator has approved it
	report     string // why a reader objects, or empty
}

// demoComments make a thread as an article like this gets it. The last three
// are held by the sample rules.
func demoComments() []demoComment {
	return []demoComment{
		{name: "Maggie Thorne", text: "I was at the **seaward end** of the bridge. Nobody near me heard a warning, and I was there from three o'clock.", reviewed: true},
		{name: "Old Quay", parent: 1, text: "I heard them from the fish market. Three times, and the last one was *very* loud.", reviewed: true},
		{name: "Maggie Thorne", parent: 2, text: "The fish market is upwind. Stand at the other end next time and tell me what you hear.", reviewed: true},
		{name: "P. Havelock", text: "Could the Courier publish the agreed route? It would help to see where the march was meant to end:\n\n1. Corn Hall\n2. Harbour Street\n3. Fish quay\n\nIs that right?", reviewed: true},
		{name: "Sanne", parent: 4, text: "That is the route on the council's notice board, yes.", reviewed: true},
		{name: "R. Brandt", text: "> A number on a cell door tells us nothing.\n\nIt tells us that the road to the ferry was closed for three hours. I missed my father's appointment."},
		{name: "Dockhand", parent: 6, text: "Sorry about the appointment. There is a second road, by the way, and it was open all day.", report: "off-topic"},
		{name: "Ines", text: "Thank you for reporting what happens *after* an arrest. Most papers stop at the number."},
		{name: "Harbour Rat", parent: 6, text: "Anyone who sat on that bridge is an idiot."},
		{name: "Lucky Lou", text: "Work from home and earn 900 a week, see https://jobs.example.com and https://more.example.com"},
		{name: "Concerned", text: "Everybody knows who the man of 34 is. He should be named here, the coward."},
	}
}

// demoRules are what holds the last comments.
func demoRules() []moderation.RuleDraft {
	return []moderation.RuleDraft{
		{Name: "Insults", Kind: "keyword", Action: models.Hold, Spec: `{"terms":["idiot*","coward*","moron*"],"fields":["text","name"]}`},
		{Name: "More than one link", Kind: "links", Action: models.Hold, Spec: `{"more_than":1}`},
	}
}

// prepareDemo makes sure that there is a site to try, with an account and
// sample comments, and returns a link that opens the console once. What is
// there already stays as it is.
func prepareDemo(ctx context.Context, svc *moderation.Service, accounts *auth.Accounts, base string) (string, error) {
	moderator, err := svc.ModeratorByEmail(ctx, demoEmail)
	if models.CodeOf(err) == models.CodeNotFound {
		moderator, err = svc.AddModerator(ctx, models.Moderator{Email: demoEmail, Name: "Demo", Role: models.RoleAdmin})
	}
	if err != nil {
		return "", err
	}
	if err := prepareDemoSite(ctx, svc, moderator, base); err != nil {
		return "", err
	}
	return consoleLink(ctx, accounts, moderator, base)
}

func prepareDemoSite(ctx context.Context, svc *moderation.Service, by models.Moderator, base string) error {
	site, err := svc.Site(ctx, demoSite)
	switch {
	case models.CodeOf(err) == models.CodeNotFound:
		return fillDemo(ctx, svc, by, base)
	case err != nil:
		return err
	case svc.AllowsOrigin(&site, base):
		return nil
	}
	// The server has moved to another address since.
	origins := append([]string{base}, site.Hosts...)
	_, err = svc.PatchSite(ctx, demoSite, moderation.SitePatch{Origins: &origins})
	return err
}

func fillDemo(ctx context.Context, svc *moderation.Service, by models.Moderator, base string) error {
	_, err := svc.AddSite(ctx, moderation.NewSite{Key: demoSite, Name: "The Wexcombe Courier", Origins: []string{base}, Mode: models.PostMode})
	if err != nil {
		return err
	}
	for _, rule := range demoRules() {
		if _, err := svc.AddRule(ctx, models.Moderator{}, demoSite, rule); err != nil {
			return err
		}
	}
	var ids []string
	for i, sample := range demoComments() {
		parent := ""
		if sample.parent > 0 {
			parent = ids[sample.parent-1]
		}
		id, err := addSample(ctx, svc, by, i, sample, parent, base)
		if err != nil {
			return fmt.Errorf("comment by %s: %w", sample.name, err)
		}
		ids = append(ids, id)
	}
	return nil
}

// addSample takes the same way as every reader's comment: the rules decide
// about it.
func addSample(ctx context.Context, svc *moderation.Service, by models.Moderator, i int, sample demoComment, parent, base string) (string, error) {
	receipt, err := svc.Submit(ctx, moderation.Submission{
		Site: demoSite, Article: models.ArticleRef{URL: base + "/demo", Title: demoTitle},
		Parent: parent, Text: sample.text, Name: sample.name, Key: fmt.Sprintf("demo-sample-%d", i),
	})
	if err != nil {
		return "", err
	}
	id := receipt.Comment.PublicID()
	if sample.reviewed && receipt.Comment.Status == models.Approved {
		_, err = svc.Decide(ctx, by, moderation.DecisionRequest{Comment: id, Choice: models.ChooseApprove, Version: receipt.Comment.Version})
	}
	if err == nil && sample.report != "" {
		err = svc.Report(ctx, id, sample.report, "", moderation.Visitor{Addr: netip.IPv6Loopback()})
	}
	return id, err
}
