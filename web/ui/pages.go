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
	texts     Texts
	languages map[string]*speech // of the pages for readers
	sets      map[string]*template.Template
}

// New parses every template once. asset turns the name of a built file ("console.css") into the path to link ("/assets/console.1a2b.css");
// it must be safe for concurrent use.
func New(asset func(name string) string) (*Pages, error) {
	texts, err := loadTexts(templateFiles, "templates/texts.en.json")
	if err != nil {
		return nil, fmt.Errorf("load page texts: %w", err)
	}
	languages, err := loadLanguages(templateFiles)
	if err != nil {
		return nil, fmt.Errorf("load languages: %w", err)
	}
	p := &Pages{texts: texts, languages: languages, sets: make(map[string]*template.Template)}
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

// Count is Text for a number: the key's ".one" or ".other", with the number as {0}.
func (p *Pages) Count(key string, n int) string {
	if n == 1 {
		return p.Text(key+".one", groupDigits(n))
	}
	return p.Text(key+".other", groupDigits(n))
}

// Digits writes a number as the pages do: 1283 is "1,283".
func Digits(n int) string { return groupDigits(n) }

// Label names a value of a closed set, such as "rule.mode" and "enforce"; a value the catalogue does not know is returned as it is.
func (p *Pages) Label(set, value string) string { return p.label(set, value) }

// User is the moderator who is signed in.
type User struct {
	Name, Email string
	Admin       bool
}

// Frame is what surrounds the content of every console page.
type Frame struct {
	User    *User // nil before sign-in: no navigation is shown
	Flash   *Flash
	Refresh int // seconds after which a browser without JavaScript loads the page again; 0 for never
}

// Admin reports whether an admin is signed in.
func (f Frame) Admin() bool { return f.User != nil && f.User.Admin }

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

		"problems": p.problems,
		"faults":   p.ruleProblems,
		"modes":    newModeSwitch,
		"spec":     p.spec,
		"percent":  percent,
		"digits":   groupDigits,
		"about":    About,
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

// moment is a time in the forms that a time element needs.
type moment struct{ Machine, Human, Day string }

func newMoment(t time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	u := t.UTC()
	return moment{Machine: u.Format(time.RFC3339), Human: u.Format("2 January 2006, 15:04 UTC"), Day: u.Format("2 January 2006")}
}
