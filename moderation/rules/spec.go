package rules

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"postbag/models"
	"postbag/moderation/keyword"
	"postbag/moderation/rate"
)

// The kinds of rules.
const (
	Keyword = "keyword" // a word of a list stands in the comment
	Rate    = "rate"    // too many comments in a time
	Links   = "links"   // too many links
	Author  = "author"  // the author has too little approved history
)

// The modes of a rule.
const (
	Enforce  = "enforce"   // acts
	HoldOnly = "hold-only" // acts, but never goes beyond holding
	Shadow   = "shadow"    // records what it would have done
	Draft    = "draft"     // does not run
)

// Limits of one rule.
const (
	MaxSpecBytes = 2 << 20
	MaxTerms     = 20_000
	MaxRateCount = 1_000_000
	MaxRateTime  = 31 * 24 * time.Hour
)

type keywordSpec struct {
	Terms  []string `json:"terms"`
	Fields []string `json:"fields"` // text, name, email, link; empty means text, name and link
}

type rateSpec struct {
	Count   int      `json:"count"`
	Seconds int      `json:"seconds"`
	Burst   *int     `json:"burst"` // how many more may come at once; Count-1 when not given
	By      []string `json:"by"`    // author, address, network, article; several together count apart for each combination
}

type linksSpec struct {
	MoreThan int `json:"more_than"`
}

type authorSpec struct {
	ApprovedBelow int `json:"approved_below"`
}

// rule is one compiled rule.
type rule struct {
	models.Rule
	words  *keyword.Matcher
	fields map[string]bool
	limit  rate.Limit
	by     []string
	number int // of links, or of approved comments
}

// compile checks a rule and makes it ready. The error is a sentence for the
// person who wrote the rule.
func compile(r models.Rule) (rule, error) {
	c := rule{Rule: r}
	if err := checkHead(r); err != nil {
		return c, err
	}
	switch r.Kind {
	case Keyword:
		return c, c.compileWords()
	case Rate:
		return c, c.compileRate()
	case Links:
		var s linksSpec
		err := c.read(&s)
		if err == nil && (s.MoreThan < 0 || s.MoreThan > 1000) {
			err = fmt.Errorf("more_than must be between 0 and 1000")
		}
		c.number = s.MoreThan
		return c, err
	case Author:
		var s authorSpec
		err := c.read(&s)
		if err == nil && (s.ApprovedBelow < 1 || s.ApprovedBelow > 1000) {
			err = fmt.Errorf("approved_below must be between 1 and 1000")
		}
		c.number = s.ApprovedBelow
		return c, err
	}
	return c, fmt.Errorf("unknown kind %q: use keyword, rate, links or author", r.Kind)
}

func checkHead(r models.Rule) error {
	if n := len([]rune(r.Name)); strings.TrimSpace(r.Name) == "" || n > 100 {
		return fmt.Errorf("a rule needs a name of at most 100 characters")
	}
	switch r.Mode {
	case Enforce, HoldOnly, Shadow, Draft:
	default:
		return fmt.Errorf("unknown mode %q: use enforce, hold-only, shadow or draft", r.Mode)
	}
	if len([]rune(r.Reason)) > 300 {
		return fmt.Errorf("the reason for readers has at most 300 characters")
	}
	if (r.Action == models.Slow) != (r.Kind == Rate) && (r.Action == models.Slow || r.Action == models.Reject) {
		return fmt.Errorf("action slow belongs to rate rules, action reject to all others")
	}
	if r.Action < models.Tag {
		return fmt.Errorf("a rule needs an action: tag, hold, escalate, reject, or slow for rate rules")
	}
	return nil
}

func (c *rule) read(spec any) error {
	if len(c.Spec) > MaxSpecBytes {
		return fmt.Errorf("the rule is larger than %d bytes", MaxSpecBytes)
	}
	dec := json.NewDecoder(strings.NewReader(c.Spec))
	dec.DisallowUnknownFields()
	if err := dec.Decode(spec); err != nil {
		return fmt.Errorf("the conditions cannot be read: %w", err)
	}
	return nil
}

func (c *rule) compileWords() error {
	var s keywordSpec
	if err := c.read(&s); err != nil {
		return err
	}
	if len(s.Terms) == 0 || len(s.Terms) > MaxTerms {
		return fmt.Errorf("a word list has between 1 and %d entries", MaxTerms)
	}
	terms, err := keyword.ParseTerms(strings.NewReader(strings.Join(s.Terms, "\n")))
	if err != nil {
		return err
	}
	if c.fields, err = fieldSet(s.Fields); err != nil {
		return err
	}
	c.words, err = keyword.Compile(terms)
	return err
}

func fieldSet(names []string) (map[string]bool, error) {
	if len(names) == 0 {
		names = []string{"text", "name", "link"}
	}
	set := map[string]bool{}
	for _, n := range names {
		switch n {
		case "text", "name", "email", "link":
			set[n] = true
		default:
			return nil, fmt.Errorf("unknown field %q: use text, name, email or link", n)
		}
	}
	return set, nil
}

func (c *rule) compileRate() error {
	var s rateSpec
	if err := c.read(&s); err != nil {
		return err
	}
	per, burst := time.Duration(s.Seconds)*time.Second, s.Count-1
	if s.Burst != nil {
		burst = *s.Burst
	}
	if s.Count < 1 || s.Count > MaxRateCount || s.Seconds < 1 || per > MaxRateTime || burst < 0 || burst > MaxRateCount {
		return fmt.Errorf("count, seconds and burst are out of bounds")
	}
	if len(s.By) == 0 {
		return fmt.Errorf("by needs at least one of author, address, network, article")
	}
	for _, by := range s.By {
		switch by {
		case "author", "address", "network", "article":
		default:
			return fmt.Errorf("unknown key %q: use author, address, network or article", by)
		}
	}
	c.by, c.limit = s.By, rate.Limit{Count: s.Count, Per: per, Burst: burst}
	return c.limit.Validate()
}

// Check compiles one rule and returns what is wrong with it, in a sentence.
func Check(r models.Rule) error {
	_, err := compile(r)
	return err
}
