package moderation

import (
	"encoding/json"
	"slices"
	"strings"

	"postbag/models"
)

// ImportField is one thing that an import may be told besides its file, for
// forms that ask for it.
type ImportField struct {
	Key     string   // of ImportChoices.Fields, and of the field of a refusal
	Name    string   // for people
	About   string   // a sentence: what it is for, and what to write
	Formats []string // keys of the formats that it serves; empty for all
}

// importField is a field with the option that it sets.
type importField struct {
	ImportField
	option func(*ImportOptions) *string
	check  func(string) error // of a text that is not empty
}

func importFields() []importField {
	return []importField{
		{ImportField{
			"source", "Installation", "Only when several installations of one system go into this site, each of which numbers its comments from 1: a name for this one, such as blog. " +
				"Use the same name whenever you import from it.", nil,
		}, func(o *ImportOptions) *string { return &o.Source }, checkSource},
		{ImportField{
			"base_url", "Where the pages are", "Only when the file does not say it and the site has several hosts: what the addresses begin with, such as https://news.example.", []string{"commento", "comentario", "isso"},
		}, func(o *ImportOptions) *string { return &o.BaseURL }, checkBase},
		{ImportField{
			"map", "Columns", "Only when the report says that a column was not understood: field=column, with commas between, such as text=Comment,url=Page.", []string{"csv", "json"},
		}, func(o *ImportOptions) *string { return &o.Columns }, func(text string) error { return checkTable(ImportOptions{Columns: text}) }},
		{ImportField{
			"text", "Form of the texts", "plain, html or markdown; plain when left empty.", []string{"csv", "json"},
		}, func(o *ImportOptions) *string { return &o.Text }, func(text string) error { return checkTable(ImportOptions{Text: text}) }},
	}
}

func checkSource(text string) error {
	if !sourcePattern.MatchString(text) {
		return models.Invalid("source", "Use up to 30 letters, digits and hyphens.")
	}
	return nil
}

func checkBase(text string) error {
	if _, _, ok := normaliseURL(text); !ok || strings.ContainsAny(text, "?#") {
		return models.Invalid("base_url", "Use the address at which the pages begin, such as https://news.example.")
	}
	return nil
}

func checkTable(o ImportOptions) error {
	_, err := tableOptions(&o)
	return err
}

// serves reports whether a format has use for the field.
func (f *ImportField) serves(format string) bool {
	return len(f.Formats) == 0 || slices.Contains(f.Formats, format)
}

// ImportFields lists what an import may be told besides its file.
func ImportFields() []ImportField {
	var list []ImportField
	for _, f := range importFields() {
		list = append(list, f.ImportField)
	}
	return list
}

// ImportChoices are what somebody chose for an import, besides its file: other
// choices make another import of the same file. They are kept with its run.
type ImportChoices struct {
	OriginsOnly bool              `json:"origins_only,omitempty"` // leave out threads on hosts that do not belong to the site
	Fields      map[string]string `json:"fields,omitempty"`       // by Key of ImportFields
}

// ChoicesOf returns what was chosen for a run.
func ChoicesOf(m *models.Import) ImportChoices {
	var c ImportChoices
	if json.Unmarshal([]byte(m.Options), &c) != nil {
		return ImportChoices{}
	}
	return c
}

// Check refuses fields that cannot be used (CodeInvalid).
func (c ImportChoices) Check(format string) error {
	return c.set(&ImportOptions{Format: format})
}

// set puts the choices into the options of an import. Fields of other formats do
// not count.
func (c ImportChoices) set(o *ImportOptions) error {
	o.OriginsOnly = c.OriginsOnly
	for _, f := range importFields() {
		text := c.Fields[f.Key]
		if text == "" || !f.serves(o.Format) {
			continue
		}
		if err := f.check(text); err != nil {
			return err
		}
		*f.option(o) = text
	}
	return nil
}

// choices are what options say, as a run keeps it.
func (o *ImportOptions) choices() string {
	c := ImportChoices{OriginsOnly: o.OriginsOnly, Fields: map[string]string{}}
	for _, f := range importFields() {
		if text := *f.option(o); text != "" {
			c.Fields[f.Key] = text
		}
	}
	return encodeJSON(c)
}
