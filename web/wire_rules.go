package web

import (
	"bytes"
	"encoding/json"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// ruleJSON is a rule of a site.
type ruleJSON struct {
	ID        string          `json:"id"`
	Site      string          `json:"site"`
	Name      string          `json:"name"`
	Kind      string          `json:"kind"`
	Action    string          `json:"action"`
	Mode      string          `json:"mode"`
	Reason    string          `json:"reason"`
	Spec      json.RawMessage `json:"spec"`
	Version   int             `json:"version"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
}

func newRule(r *models.Rule, site string) ruleJSON {
	return ruleJSON{
		ID: models.RuleID.Format(r.ID), Site: site, Name: r.Name, Kind: r.Kind, Action: r.Action.String(), Mode: r.Mode, Reason: r.Reason,
		Spec: json.RawMessage(r.Spec), Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}
}

// ruleRequest is a rule to be stored. Site counts when it is new, Version when
// it is changed.
type ruleRequest struct {
	Site    string          `json:"site"`
	Version int             `json:"version"`
	Name    string          `json:"name"`
	Kind    string          `json:"kind"`
	Action  string          `json:"action"`
	Mode    string          `json:"mode"`
	Reason  string          `json:"reason"`
	Spec    json.RawMessage `json:"spec"`
}

// draft checks what only the wire form can get wrong.
func (r ruleRequest) draft() (moderation.RuleDraft, error) {
	action, ok := models.ParseAction(r.Action)
	if !ok {
		return moderation.RuleDraft{}, models.Invalid("action", "Use tag, hold, escalate, reject or slow.")
	}
	if !bytes.HasPrefix(bytes.TrimSpace(r.Spec), []byte("{")) {
		return moderation.RuleDraft{}, models.Invalid("spec", "Say what the rule looks for, as an object.")
	}
	return moderation.RuleDraft{Name: r.Name, Kind: r.Kind, Action: action, Mode: r.Mode, Reason: r.Reason, Spec: string(r.Spec)}, nil
}
