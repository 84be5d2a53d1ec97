package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds every wait for a condition.
const patience = 15 * time.Second

// browser is one Chromium with a profile of its own.
type browser struct {
	t   *testing.T
	ctx context.Context
}

// newBrowser starts Chromium; flags are added to the usual ones.
func newBrowser(t *testing.T, flags ...string) *browser {
	t.Helper()
	path := findBrowser()
	if path == "" {
		missing(t, "Chromium", "apt-get install chromium, or set CHROME to the path of a Chrome")
	}
	profile, err := os.MkdirTemp("", "postbag-e2e")
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(profile),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900))
	flags = append(flags, "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage")
	for _, f := range flags {
		options = append(options, chromedp.Flag(f, true))
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		cancel()
		stop()
		_ = os.RemoveAll(profile)
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return &browser{t, ctx}
}

// in lends the browser to a subtest, at whose end the tabs it opens are closed.
func (b *browser) in(t *testing.T) *browser {
	return &browser{t, b.ctx}
}

func findBrowser() string {
	for _, name := range []string{os.Getenv("CHROME"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	return ""
}

// tab is one page with what went wrong on it.
type tab struct {
	t       *testing.T
	ctx     context.Context
	allowed []string // origins that the page may ask

	mu       sync.Mutex
	problems []string
	tolerant bool // the server is meant to fail just now
}

// open makes a tab that reports every error, and every request to an origin
// that is not allowed. Tabs of different people have different cookies.
func (b *browser) open(allowed ...string) *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tb := &tab{t: b.t, ctx: ctx, allowed: allowed}
	if err := chromedp.Listen(ctx, tb.hear); err != nil {
		b.t.Fatal(err)
	}
	tb.run(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		return tb.prepare(ctx)
	}))
	b.t.Cleanup(func() {
		cancel()
		tb.mu.Lock()
		defer tb.mu.Unlock()
		for _, p := range tb.problems {
			b.t.Errorf("the page reported: %s", p)
		}
	})
	return tb
}

func (tb *tab) prepare(ctx context.Context) error {
	// Every tab is in front of somebody.
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		return err
	}
	return tb.media(ctx, "light")
}

func (tb *tab) media(ctx context.Context, scheme string) error {
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "prefers-color-scheme", Value: scheme},
	}})
	return err
}

func (tb *tab) hear(ev any) {
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		tb.note("exception: " + describe(e.ExceptionDetails))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			tb.note("log: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if !tb.mayAsk(e.Request.URL) {
			tb.note("request to another host: " + e.Request.URL)
		}
	}
}

func describe(d *runtime.ExceptionDetails) string {
	text := fmt.Sprintf("%s at %s:%d", d.Text, d.URL, d.LineNumber)
	if d.Exception != nil {
		text += " " + d.Exception.Description
	}
	return text
}

func (tb *tab) mayAsk(address string) bool {
	for _, origin := range append([]string{"data:", "about:", "blob:"}, tb.allowed...) {
		if strings.HasPrefix(address, origin) {
			return true
		}
	}
	return false
}

func (tb *tab) note(problem string) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if !tb.tolerant {
		tb.problems = append(tb.problems, problem)
	}
}

func (tb *tab) tolerate(on bool) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.tolerant = on
}

func (tb *tab) run(steps ...chromedp.Action[chromedp.Void]) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, 2*patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tb.t.Fatal(err)
	}
}

func (tb *tab) visit(address string) {
	tb.t.Helper()
	tb.run(chromedp.Navigate(address))
}

// prelude lets expressions look into the widget's shadow root: $ finds the
// first element of a selector, $$ all, byText the first with a text.
const prelude = `const root = document.querySelector("[data-postbag-root]")?.shadowRoot ?? document;
const $ = (s) => root.querySelector(s), $$ = (s) => [...root.querySelectorAll(s)];
const byText = (s, t) => $$(s).find((e) => (e.getAttribute("aria-label") ?? e.textContent).replace(/\s+/g, " ").trim().includes(t) && e.checkVisibility());
const field = (label) => { const l = $$("label").find((e) => e.textContent.trim().startsWith(label) && e.checkVisibility()); return l && (l.control ?? root.getElementById(l.htmlFor)); };
`

// eval runs an expression and returns its value.
func eval[T any](tb *tab, expression string) T {
	tb.t.Helper()
	v, err := try[T](tb, expression)
	if err != nil {
		tb.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// try is eval for a page that may be on its way to another one.
func try[T any](tb *tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(tb.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T]("(() => {"+prelude+"return ("+expression+");})()", chromedp.EvalAwaitPromise))
}

// until waits for an expression to become true. It asks from outside, as a
// strict policy forbids the page to make functions from text.
func (tb *tab) until(what, expression string) {
	tb.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		ok, err := try[bool](tb, "!!("+expression+")")
		if ok {
			return
		}
		select {
		case <-again.C:
		case <-deadline.C:
			tb.shoot("failed")
			says, _ := try[string](tb, `(root.textContent ?? document.body.innerText).replace(/\s+/g, " ").slice(0, 1500)`)
			tb.t.Fatalf("waiting until %s: %v\nthe page says: %s", what, err, says)
		}
	}
}

// says waits until the page shows a text.
func (tb *tab) says(text string) {
	tb.t.Helper()
	tb.until("the page says "+text, fmt.Sprintf(`byText("p, div, span, h1, h2, h3, button, a, li, mark, td, dd", %s)`, quote(text)))
}

// press clicks a button or link by its visible name, with the mouse. What
// covers it is a failure.
func (tb *tab) press(name string) {
	tb.t.Helper()
	tb.click(fmt.Sprintf(`byText("button, a, [role=button], summary, .choice", %s)`, quote(name)), name)
}

func (tb *tab) click(find, name string) {
	tb.t.Helper()
	at := "(() => { const e = " + find + `; if (!e) return null;
e.scrollIntoView({block: "center", behavior: "instant"});
const {x, y, width, height} = e.getBoundingClientRect(), p = [x + width / 2, y + height / 2], top = root.elementFromPoint(...p);
return e === top || e.contains(top) ? p : null; })()`
	tb.until("there is something to press: "+name, at)
	p := eval[[]float64](tb, at)
	if len(p) != 2 {
		tb.t.Fatalf("%s is gone again", name)
	}
	tb.run(chromedp.MouseEvent(chromedp.MouseMoved, p[0], p[1]), chromedp.MouseClickXY(p[0], p[1]))
}

// fill types into a field by its label, as a person would.
func (tb *tab) fill(label, text string) {
	tb.t.Helper()
	find := fmt.Sprintf("field(%s)", quote(label))
	tb.until("there is a field "+label, find)
	eval[bool](tb, "("+find+".focus(), "+find+".select(), true)")
	tb.key(text)
}

func (tb *tab) key(keys string) {
	tb.t.Helper()
	tb.run(chromedp.KeyEvent(keys))
}

// shoot writes a screenshot when POSTBAG_SCREENSHOTS names a folder.
func (tb *tab) shoot(name string) {
	tb.t.Helper()
	dir := os.Getenv("POSTBAG_SCREENSHOTS")
	if dir == "" {
		return
	}
	// A picture beyond the window is cut where a page goes from right to left, so the window grows.
	width, height := eval[int64](tb, "innerWidth"), eval[int64](tb, "innerHeight")
	tb.size(width, height)
	data, err := chromedp.Run(tb.ctx, chromedp.CaptureScreenshot())
	tb.run(chromedp.EmulateViewport(width, height))
	if err != nil {
		tb.t.Errorf("screenshot %s: %v", name, err)
		return
	}
	file := filepath.Join(dir, strings.ReplaceAll(tb.t.Name(), "/", "-")+"-"+name+".png")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		tb.t.Error(err)
	}
}

// shootAll takes light, dark and narrow pictures.
func (tb *tab) shootAll(name string) {
	tb.t.Helper()
	if os.Getenv("POSTBAG_SCREENSHOTS") == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		tb.scheme(scheme)
		tb.size(1280, 900)
		tb.shoot(name + "-" + scheme)
		tb.size(390, 844)
		tb.shoot(name + "-" + scheme + "-390")
	}
	tb.scheme("light")
	tb.size(1280, 900)
}

// size sets the window, at least as high as the page: what is below its edge
// may not be drawn.
func (tb *tab) size(width, height int64) {
	tb.t.Helper()
	tb.run(chromedp.EmulateViewport(width, height))
	if all := eval[int64](tb, "document.documentElement.scrollHeight"); all > height {
		tb.run(chromedp.EmulateViewport(width, all))
	}
}

func (tb *tab) scheme(scheme string) {
	tb.t.Helper()
	tb.run(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error { return tb.media(ctx, scheme) }))
}

func quote(s string) string {
	data, _ := json.Marshal(s)
	return string(data)
}

// scripts switches JavaScript off or on again.
func (tb *tab) scripts(on bool) {
	tb.t.Helper()
	tb.run(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// cookies names the cookies that the tab's person has for an address.
func (tb *tab) cookies(address string) []string {
	tb.t.Helper()
	found, err := chromedp.Call(tb.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{address}})
	if err != nil {
		tb.t.Fatal(err)
	}
	var names []string
	for _, c := range found.Cookies {
		names = append(names, c.Name)
	}
	return names
}
