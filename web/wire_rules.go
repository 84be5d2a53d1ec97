package web

import (
	"bytes"
	"encoding/json"
	"time"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rules"
)

// ruleJSON is a rule of a site.
type ruleJSON struct {
	ID        string          `json:"id"`
	Site      string          `json:"site"`
	Name      string          `json:"name"`
	Kind      string          `json:"kind"`
	Scope     scopeJSON       `json:"scope"`
	Action    string          `json:"action"`
	Mode      string          `json:"mode"`
	Tag       string          `json:"tag"`
	Priority  int             `json:"priority"`
	Reason    string          `json:"reason"`
	Code      string          `json:"code"`
	Legal     bool            `json:"legal"`
	Promise   *float64        `json:"promise"` // share of comments, 0 to 1
	Spec      json.RawMessage `json:"spec"`
	Summary   string          `json:"summary"`
	Version   int             `json:"version"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
}

type scopeJSON struct {
	Sections []string `json:"sections"`
	Articles []string `json:"articles"`
}

func newRule(r *models.Rule, site string) ruleJSON {
	out := ruleJSON{
		ID: models.RuleID.Format(r.ID), Site: site, Name: r.Name, Kind: r.Kind, Scope: newScope(r.Scope), Action: r.Action.String(), Mode: r.Mode,
		Tag: r.Tag, Priority: r.Priority, Reason: r.Reason, Code: r.Code, Legal: r.Legal, Spec: json.RawMessage(r.Spec), Summary: rules.Summary(*r),
		Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}
	if r.Promise >= 0 {
		share := float64(r.Promise) / 1e6
		out.Promise = &share
	}
	return out
}

func newScope(s models.Scope) scopeJSON {
	return scopeJSON{append([]string{}, s.Sections...), append([]string{}, s.Articles...)}
}

// ruleRequest is a rule to be stored or tried. Site counts when it is new,
// Version when it is changed.
type ruleRequest struct {
	Site     string          `json:"site"`
	Version  int             `json:"version"`
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	Scope    scopeJSON       `json:"scope"`
	Action   string          `json:"action"`
	Mode     string          `json:"mode"`
	Tag      string          `json:"tag"`
	Priority int             `json:"priority"`
	Reason   string          `json:"reason"`
	Code     string          `json:"code"`
	Legal    bool            `json:"legal"`
	Spec     json.RawMessage `json:"spec"`
}

// draft checks what only the wire form can get wrong. at is put before the names
// of fields: "" or "rule.".
func (r ruleRequest) draft(at string) (moderation.RuleDraft, error) {
	action, ok := models.ParseAction(r.Action)
	if !ok {
		return moderation.RuleDraft{}, models.Invalid(at+"action", "Use allow, tag, hold, escalate, reject, slow or close.")
	}
	if !bytes.HasPrefix(bytes.TrimSpace(r.Spec), []byte("{")) {
		return moderation.RuleDraft{}, models.Invalid(at+"spec", "Say what the rule looks for, as an object.")
	}
	return moderation.RuleDraft{
		Name: r.Name, Kind: r.Kind, Action: action, Mode: r.Mode, Reason: r.Reason, Code: r.Code, Tag: r.Tag, Priority: r.Priority, Legal: r.Legal,
		Scope: models.Scope{Sections: r.Scope.Sections, Articles: r.Scope.Articles}, Spec: string(r.Spec),
	}, nil
}

// versionJSON is one version of a rule.
type versionJSON struct {
	ruleJSON
	Since int     `json:"since"` // revision of the site's rules
	Until *int    `json:"until"`
	By    *string `json:"by"`
}

func newVersion(v *models.RuleVersion, site string, team map[int64]string) versionJSON {
	out := versionJSON{ruleJSON: newRule(&v.Rule, site), Since: v.Since, By: orNull(team[v.By])}
	if v.Until != 0 {
		out.Until = &v.Until
	}
	return out
}

// ruleReportJSON says how a rule has done.
type ruleReportJSON struct {
	Rule      string     `json:"rule"`
	Name      string     `json:"name"`
	Version   int        `json:"version"`
	Summary   string     `json:"summary"`
	Mode      string     `json:"mode"`
	Fired     int64      `json:"fired"`
	Removed   int64      `json:"removed"`
	Approved  int64      `json:"approved"`
	Precision shareJSON  `json:"precision"`
	Sampled   shareJSON  `json:"sampled"`
	LastAt    *time.Time `json:"last_at"`
	State     string     `json:"state"`
	Hint      string     `json:"hint"`
	Braked    *int       `json:"braked"` // the version that the brake has stopped
	Watched   bool       `json:"watched"`
}

// shareJSON is a share of so many, with its 95 % interval. All are 0 to 1, and
// null while there is nothing to tell them from.
type shareJSON struct {
	Of    int64    `json:"of"`
	Share *float64 `json:"share"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
}

func newShareJSON(of int64, share, low, high float64) shareJSON {
	if of == 0 {
		return shareJSON{}
	}
	return shareJSON{of, &share, &low, &high}
}

func newRuleReport(r *moderation.RuleReport) ruleReportJSON {
	out := ruleReportJSON{
		Rule: models.RuleID.Format(r.Rule.ID), Name: r.Rule.Name, Version: r.Rule.Version, Summary: r.Summary, Mode: r.Rule.Mode,
		Fired: r.Fired, Removed: r.Removed, Approved: r.Approved, Precision: newShareJSON(r.Removed+r.Approved, r.Precision, r.Low, r.High),
		Sampled: newShareJSON(r.SampledRemoved+r.SampledApproved, r.SampledPrecision, r.SampledLow, r.SampledHigh),
		LastAt:  timeOrNull(r.LastAt), State: r.State, Hint: r.Hint, Watched: r.Watched,
	}
	if r.Braked != 0 {
		out.Braked = &r.Braked
	}
	return out
}

// sampleJSON estimates what the rules let through, from the random sample.
type sampleJSON struct {
	Drawn    int64     `json:"drawn"`
	Removed  int64     `json:"removed"`
	Approved int64     `json:"approved"`
	Bad      shareJSON `json:"bad"`
}

func newSampleReport(r *moderation.SampleReport) sampleJSON {
	return sampleJSON{r.Drawn, r.Removed, r.Approved, newShareJSON(r.Removed+r.Approved, r.Share, r.Low, r.High)}
}

// noteJSON is one line of the log of a site.
type noteJSON struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	Subject   string    `json:"subject"`
	Moderator *string   `json:"moderator"`
	Rule      *string   `json:"rule"`
	Alert     bool      `json:"alert"`
	Text      string    `json:"text"`
	CreatedAt time.Time `json:"created_at"`
}
