// Package ui is what people see: the server-rendered pages with their templates and texts (Pages), and the built scripts and style sheets
// (Asset) whose TypeScript sources lie beside it. It knows neither HTTP nor the database; package web fills its view models and serves its
// files.
package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"path"
	"strings"
	"time"
)

//go:embed all:templates
var templateFiles embed.FS

// Pages renders the server-rendered screens: the console's ordinary forms, the readers' thread page without JavaScript, and the demo
// article. It knows no HTTP and no database: the caller fills one struct per page. A page is rendered completely before the first byte
// is written, so that an error never leaves half a page. Pages is immutable and safe for concurrent use.
type Pages struct {
	texts Texts
	sets  map[string]*template.Template
}

// New parses every template once. asset turns the name of a built file ("console.css") into the path to link ("/assets/console.1a2b.css");
// it must be safe for concurrent use.
func New(asset func(name string) string) (*Pages, error) {
	texts, err := loadTexts(templateFiles, "templates/texts.en.json")
	if err != nil {
		return nil, fmt.Errorf("load page texts: %w", err)
	}
	p := &Pages{texts: texts, sets: make(map[string]*template.Template)}
	funcs := p.funcs(asset)
	names, err := templateFiles.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("list page templates: %w", err)
	}
	for _, entry := range names {
		name := entry.Name()
		if path.Ext(name) != ".html" || strings.HasPrefix(name, "_") {
			continue
		}
		set, err := template.New(name).Funcs(funcs).ParseFS(templateFiles, "templates/_*.html", "templates/"+name)
		if err != nil {
			return nil, fmt.Errorf("parse page %s: %w", name, err)
		}
		p.sets[strings.TrimSuffix(name, ".html")] = set
	}
	return p, nil
}

// Flash is the sentence shown at the top of a page after something was done. UndoAction, when set, is the path of a POST form with one
// button that takes it back.
type Flash struct {
	Kind       string // "ok" or "error"
	Text       string
	UndoAction string
	UndoFields url.Values
}

// Flash returns the message of a code such as "site-saved" (catalogue key "flash.site-saved"), or nil for a code that does not exist, so
// that a code may travel in a redirect's query without letting anybody put words on the page. args fill {0}, {1} …
func (p *Pages) Flash(code string, args ...string) *Flash {
	text, ok := p.texts["flash."+code]
	if !ok {
		return nil
	}
	return &Flash{Kind: "ok", Text: fill(text, args)}
}

// Text returns a sentence of the catalogue by its key with {0}, {1} … filled in, or the key itself when there is no such sentence.
func (p *Pages) Text(key string, args ...string) string {
	text, ok := p.texts[key]
	if !ok {
		return key
	}
	return fill(text, args)
}

// User is the moderator who is signed in.
type User struct {
	Name, Email string
	Admin       bool
}

// Frame is what surrounds the content of every console page.
type Frame struct {
	User  *User // nil before sign-in: no navigation is shown
	Flash *Flash
}

// Admin reports whether an admin is signed in.
func (f Frame) Admin() bool { return f.User != nil && f.User.Admin }

// Form carries what a person typed and what was wrong with it, so that a refused form comes back as it was. Values holds the stored values
// when the page is opened, the posted ones after a refusal; passwords are never shown again. Errors maps a field's name to a sentence that
// says how to put it right; the empty name speaks of the form as a whole.
type Form struct {
	Values url.Values
	Errors map[string]string
}

// Value returns the first value of a field, or "".
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Error returns the sentence for a field, or "".
func (f Form) Error(name string) string { return f.Errors[name] }

// Has reports whether value is among the values of a field.
func (f Form) Has(name, value string) bool {
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// render executes one page into memory and writes it in one piece.
func (p *Pages) render(w io.Writer, page string, view any) error {
	var out bytes.Buffer
	if err := p.sets[page].ExecuteTemplate(&out, page+".html", view); err != nil {
		return fmt.Errorf("render page %s: %w", page, err)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write page %s: %w", page, err)
	}
	return nil
}

// fieldView is one labelled input of a form, with its error and hint tied to it.
type fieldView struct {
	ID, Name, Kind, Label, Hint, Value, Error string
	Autocomplete, Rows, Max, Min, Describe    string
	Required, Wide                            bool
}

// field builds the view of an input. kind is an input type or "textarea"; label and hint are catalogue keys; options is a space-separated
// list of required, wide, autocomplete=…, rows=…, max=… and min=….
func (p *Pages) field(form Form, name, kind, label, hint, options string) fieldView {
	v := fieldView{ID: "f-" + strings.ReplaceAll(name, "_", "-"), Name: name, Kind: kind, Label: p.Text(label), Error: form.Error(name)}
	if kind != "password" {
		v.Value = form.Value(name)
	}
	var describe []string
	if v.Error != "" {
		describe = append(describe, v.ID+"-error")
	}
	if hint != "" {
		v.Hint = p.Text(hint)
		describe = append(describe, v.ID+"-hint")
	}
	v.Describe = strings.Join(describe, " ")
	for _, option := range strings.Fields(options) {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "required":
			v.Required = true
		case "wide":
			v.Wide = true
		case "autocomplete":
			v.Autocomplete = value
		case "rows":
			v.Rows = value
		case "max":
			v.Max = value
		case "min":
			v.Min = value
		}
	}
	return v
}

func (p *Pages) funcs(asset func(string) string) template.FuncMap {
	return template.FuncMap{
		"asset": asset,
		"field": p.field,
		"t":     p.mustText,
		"tn":    p.plural,
		"label": p.label,
		"frame": newFrameView,
		"when":  newMoment,
		"pair":  func(a, b any) [2]any { return [2]any{a, b} },
	}
}

// mustText is the template's t: a missing key is a fault of the template, not something to show.
func (p *Pages) mustText(key string, args ...any) (string, error) {
	text, ok := p.texts[key]
	if !ok {
		return "", fmt.Errorf("no text %q in the catalogue", key)
	}
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = fmt.Sprint(arg)
	}
	return fill(text, words), nil
}

// plural is the template's tn: key.one for exactly one, key.other else, with {0} the number.
func (p *Pages) plural(key string, n int) (string, error) {
	if n == 1 {
		return p.mustText(key+".one", groupDigits(n))
	}
	return p.mustText(key+".other", groupDigits(n))
}

// label names a value of a closed set ("rule.mode", "enforce"); a value the catalogue does not know is shown as it is.
func (p *Pages) label(set, value string) string {
	if text, ok := p.texts[set+"."+value]; ok {
		return text
	}
	return value
}

// frameView is what the layout template needs to know about a console page.
type frameView struct {
	Frame
	Title, Section string
}

func newFrameView(f Frame, title, section string) frameView {
	return frameView{Frame: f, Title: title, Section: section}
}

// moment is a time in the two forms that a time element needs.
type moment struct{ Machine, Human string }

func newMoment(t time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	u := t.UTC()
	return moment{Machine: u.Format(time.RFC3339), Human: u.Format("2 January 2006, 15:04 UTC")}
}
