package heat_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postbag/moderation/heat"
)

const (
	noon   = 1_760_000_000_000 // Unix milliseconds at which most tests begin
	minute = 60_000
)

var (
	copied   = heat.Signal{NewAuthor: true, Duplicate: true}
	peaceful = heat.Signal{}
)

// observe passes n equal signals, a second apart, and returns the state and the time.
func observe(l *heat.Ladder, s heat.State, now int64, n int, signal heat.Signal) (heat.State, int64) {
	for range n {
		now += 1000
		s = l.Observe(s, now, signal)
	}
	return s, now
}

// What n equal signals lead to.
func TestObserve(t *testing.T) {
	l := heat.NewLadder(heat.Config{})
	for name, test := range map[string]struct {
		n      int
		signal heat.Signal
		want   heat.Level
	}{
		"one copy":                     {1, copied, heat.Normal},
		"four copies":                  {4, copied, heat.Normal},
		"five copies: dwell":           {5, copied, heat.Slow},
		"eight copies: dwell":          {8, copied, heat.Slow},
		"nine copies":                  {9, copied, heat.HoldNew},
		"fifteen copies":               {15, copied, heat.HoldAll},
		"fifty copies":                 {50, copied, heat.HoldAll},
		"nothing but copies":           {100, copied, heat.ReadOnly},
		"copies by known authors":      {100, heat.Signal{Duplicate: true}, heat.ReadOnly},
		"all stopped by rules":         {30, heat.Signal{Fired: true}, heat.HoldAll},
		"a thousand peaceful comments": {1000, peaceful, heat.Normal},
		"a thousand new authors":       {1000, heat.Signal{NewAuthor: true}, heat.Normal},
		"a thousand reports":           {1000, heat.Signal{Reported: true}, heat.Normal},
		"a thousand refusals":          {1000, heat.Signal{Refused: true, Duplicate: true, Fired: true}, heat.Normal},
	} {
		if s, _ := observe(l, heat.State{}, noon, test.n, test.signal); s.Level != test.want {
			t.Errorf("%s: %s, want %s", name, s.Level, test.want)
		}
	}
}

// Reports and new authors add to proof, up to hold-new and no further.
func TestHints(t *testing.T) {
	l := heat.NewLadder(heat.Config{})
	few, now := observe(l, heat.State{}, noon, 5, heat.Signal{Duplicate: true})
	if few.Level != heat.Normal {
		t.Fatalf("five copies by known authors: %s", few.Level)
	}
	hinted, now := observe(l, few, now, 10, heat.Signal{Reported: true})
	if hinted.Level != heat.Slow {
		t.Errorf("five copies and ten reports: %s", hinted.Level)
	}
	held, now := observe(l, hinted.Raise(heat.HoldNew, now), now, 5, peaceful)
	for range 50 {
		held, now = observe(l, held, now, 20, heat.Signal{Reported: true})
		held, now = observe(l, held, now, 20, heat.Signal{NewAuthor: true})
	}
	if held.Level != heat.HoldNew {
		t.Errorf("reports and new authors alone led to %s", held.Level)
	}
}

// What a moderator lowered stays lowered: what came before does not count, and what
// comes after has to be twice as much.
func TestLower(t *testing.T) {
	l := heat.NewLadder(heat.Config{})
	hot, now := observe(l, heat.State{}, noon, 15, copied)
	s := hot.Lower(heat.Normal, now)
	if s.Level != heat.Normal || s.Proof != 0 || s.Hint != 0 || !s.Asked || s.Since != now {
		t.Fatalf("%+v", s)
	}
	s, now = observe(l, s, now, 9, copied)
	if s.Level != heat.Normal {
		t.Errorf("raised again by 9 copies: %s", s.Level)
	}
	s, _ = observe(l, s, now, 1, copied)
	if s.Level != heat.Slow {
		t.Errorf("not raised again by 10 copies: %s", s.Level)
	}
	later, _ := observe(l, hot.Lower(heat.Normal, now), now+31*minute, 5, copied)
	if later.Level != heat.Slow {
		t.Errorf("after half an hour five copies lead to %s", later.Level)
	}
	for _, to := range []heat.Level{heat.HoldAll, heat.ReadOnly} {
		if got := hot.Lower(to, now+1); got != hot {
			t.Errorf("Lower to %s changed %s", to, hot.Level)
		}
	}
	if got := hot.Lower(-7, now); got.Level != heat.Normal {
		t.Errorf("Lower to -7: %s", got.Level)
	}
}

func TestRaise(t *testing.T) {
	l := heat.NewLadder(heat.Config{})
	s := heat.State{}.Raise(heat.Slow, noon)
	if s.Level != heat.Slow || !s.Asked || s.Since != noon {
		t.Fatalf("%+v", s)
	}
	if again := s.Raise(heat.Slow, noon+5); again != s {
		t.Error("raising to the same level changed the state")
	}
	if down := s.Raise(heat.Normal, noon+5); down != s {
		t.Error("raising lowered")
	}
	if top := s.Raise(99, noon); top.Level != heat.ReadOnly {
		t.Errorf("Raise to 99: %s", top.Level)
	}
	if s, _ := observe(l, s, noon, 3, copied); s.Level != heat.Slow {
		t.Errorf("three comments after it was raised: %s", s.Level)
	}
}

// Evidence from hours ago is worth little.
func TestEvidenceFades(t *testing.T) {
	l := heat.NewLadder(heat.Config{})
	s, now := observe(l, heat.State{}, noon, 4, copied)
	if now, _ := observe(l, s, now, 1, copied); now.Level != heat.Slow {
		t.Fatalf("five copies at once: %s", now.Level)
	}
	if late := l.Observe(s, now+6*60*minute, copied); late.Level != heat.Normal || late.Proof > s.Proof/2 {
		t.Errorf("a copy six hours later: %+v", late)
	}
	for range 100 {
		now += 3 * 60 * minute
		s = l.Observe(s, now, copied)
	}
	if s.Level != heat.Normal {
		t.Errorf("a copy every three hours: %s", s.Level)
	}
}

func TestExplain(t *testing.T) {
	l := heat.NewLadder(heat.Config{})
	before, now := observe(l, heat.State{}, noon, 4, copied)
	before, now = observe(l, before, now, 2, heat.Signal{Reported: true})
	after := l.Observe(before, now, heat.Signal{NewAuthor: true, Duplicate: true, Fired: true})
	for name, test := range map[string]struct {
		got, want string
	}{
		"raised": {l.Explain(before, after), "Raised from normal to slow mode: of about 5 recent comments 100 % are by new authors (usually 30 %), 100 % are copies (usually 1 %), 20 % were stopped by rules (usually 3 %); reports: 2."},
		"asked":  {l.Explain(after, after.Raise(heat.HoldAll, now)), "Raised from slow mode to holding all comments by decision; only a moderator lowers it."},
		"lowered": {l.Explain(after, after.Lower(heat.Normal, now)),
			"Lowered from slow mode to normal; what came before no longer counts, and for 30 minutes each step up takes twice the evidence."},
		"the same": {l.Explain(before, before), ""},
	} {
		if test.got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, test.got, test.want)
		}
	}
	if got := l.Figures(heat.State{}); got != "no recent comments" {
		t.Error(got)
	}
	refused, _ := observe(l, after, now, 3, heat.Signal{Refused: true})
	if got := l.Figures(refused); !strings.HasSuffix(got, "; asked to wait: 3") {
		t.Error(got)
	}
}

func TestLevels(t *testing.T) {
	for l := heat.Normal; l <= heat.ReadOnly; l++ {
		if got, err := heat.ParseLevel(l.String()); got != l || err != nil {
			t.Errorf("%s: %v, %v", l, got, err)
		}
	}
	for _, key := range []string{"", "Slow", "level 7", "holdnew"} {
		if _, err := heat.ParseLevel(key); !errors.Is(err, heat.ErrLevel) {
			t.Errorf("%q: %v", key, err)
		}
	}
	if got := heat.Level(7).String(); got != "level 7" {
		t.Error(got)
	}
}

func TestConfigIsBounded(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []heat.Config{
		{}, {New: 1, Duplicates: 1, Fired: 1, Wait: 99 * time.Hour}, {New: -1, Duplicates: -1, Fired: -1, Wait: -1}, {New: nan, Duplicates: nan, Fired: nan}, {New: inf, Duplicates: inf, Fired: inf},
	} {
		l := heat.NewLadder(c)
		if wait := l.Wait(); wait < 10*time.Second || wait > time.Hour {
			t.Errorf("%+v: wait %s", c, wait)
		}
		if s, _ := observe(l, heat.State{}, noon, 2000, peaceful); s.Level != heat.Normal || s.Proof != 0 {
			t.Errorf("%+v: peace leads to %s with evidence %d", c, s.Level, s.Proof)
		}
		if s, _ := observe(l, heat.State{}, noon, 2000, copied); s.Level != heat.ReadOnly {
			t.Errorf("%+v: nothing but copies leads to %s", c, s.Level)
		}
	}
}

func TestParse(t *testing.T) {
	good, _ := observe(heat.NewLadder(heat.Config{}), heat.State{}, noon, 20, copied)
	text := good.String()
	if got, err := heat.Parse(text); err != nil || got != good {
		t.Errorf("%q: %+v, %v", text, got, err)
	}
	if empty := (heat.State{}).String(); empty != "" {
		t.Errorf("the zero State is %q", empty)
	}
	fields := strings.Split(text, ",")
	with := func(i int, value string) string {
		changed := append([]string(nil), fields...)
		changed[i] = value
		return strings.Join(changed, ",")
	}
	for _, bad := range []string{
		" ", ",", "normal", text + ",0", text + " ", strings.Join(fields[1:], ","), strings.Repeat("1,", 1000),
		with(0, "5"), with(0, "-1"), with(0, "4294967297"), with(1, "x"), with(2, "99999999999999999999"), with(4, "2"), with(5, "6"), with(5, "-1"), with(6, "-1"), with(9, "1000000000001"),
	} {
		if s, err := heat.Parse(bad); !errors.Is(err, heat.ErrState) || s != (heat.State{}) {
			t.Errorf("%.60q: %+v, %v", bad, s, err)
		}
	}
}

// Whatever happens, at whatever times: without a moderator the level never falls, it
// rises by one at most and not before four comments; the state can be stored; and a
// moderator is always obeyed.
func TestStateMachine(t *testing.T) {
	anyTime := rapid.OneOf(rapid.Int64(), rapid.Int64Range(noon, noon+10*minute))
	rapid.Check(t, func(t *rapid.T) {
		l := heat.NewLadder(heat.Config{New: rapid.Float64().Draw(t, "new"), Duplicates: rapid.Float64().Draw(t, "duplicates"), Fired: rapid.Float64().Draw(t, "fired")})
		var s heat.State
		onLevel := 0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now := anyTime.Draw(t, "now")
			before := s
			switch rapid.IntRange(0, 40).Draw(t, "what") {
			case 0:
				to := heat.Level(rapid.IntRange(-1, 6).Draw(t, "to"))
				if s = s.Raise(to, now); s.Level < before.Level || s.Level < min(to, heat.ReadOnly) {
					t.Fatalf("Raise to %s: from %s to %s", to, before.Level, s.Level)
				}
			case 1:
				to := heat.Level(rapid.IntRange(-1, 6).Draw(t, "to"))
				if s = s.Lower(to, now); s.Level > before.Level || s.Level > max(to, heat.Normal) {
					t.Fatalf("Lower to %s: from %s to %s", to, before.Level, s.Level)
				}
			default:
				b := rapid.SliceOfN(rapid.Bool(), 5, 5).Draw(t, "signal")
				s = l.Observe(s, now, heat.Signal{NewAuthor: b[0], Duplicate: b[1], Fired: b[2], Reported: b[3] && b[0], Refused: b[4] && b[1]})
				if s.Level < before.Level || s.Level > before.Level+1 || s.Level > before.Level && onLevel < 3 {
					t.Fatalf("from %s to %s after %d comments", before.Level, s.Level, onLevel)
				}
				if !(b[3] && b[0]) && !(b[4] && b[1]) {
					onLevel++
				}
			}
			if s.Level != before.Level {
				onLevel = 0
			}
			if explained := l.Explain(before, s); (explained == "") != (s.Level == before.Level) {
				t.Fatalf("from %s to %s: %q", before.Level, s.Level, explained)
			}
			if back, err := heat.Parse(s.String()); err != nil || back != s {
				t.Fatalf("%q: %+v, %v", s, back, err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	s, _ := observe(heat.NewLadder(heat.Config{}), heat.State{}, noon, 20, copied)
	f.Add(s.String())
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := heat.Parse(text)
		if err != nil {
			return
		}
		if again, err := heat.Parse(s.String()); err != nil || again != s {
			t.Fatalf("%q is read as %+v, and then as %+v, %v", text, s, again, err)
		}
		if next := heat.NewLadder(heat.Config{}).Observe(s, noon, copied); next.Level < s.Level {
			t.Fatalf("%q: from %s to %s", text, s.Level, next.Level)
		}
	})
}

func BenchmarkObserve(b *testing.B) {
	l := heat.NewLadder(heat.Config{})
	var s heat.State
	now := int64(noon)
	b.ReportAllocs()
	for b.Loop() {
		now += 50
		s = l.Observe(s, now, heat.Signal{NewAuthor: now%3 == 0})
	}
}

func BenchmarkString(b *testing.B) {
	s, _ := observe(heat.NewLadder(heat.Config{}), heat.State{}, noon, 20, copied)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := heat.Parse(s.String()); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleLadder_Observe() {
	ladder := heat.NewLadder(heat.Config{})
	var s heat.State
	for second := range int64(12) {
		next := ladder.Observe(s, noon+second*1000, heat.Signal{NewAuthor: true, Duplicate: true})
		if why := ladder.Explain(s, next); why != "" {
			fmt.Println(second, next.Level)
		}
		s = next
	}
	fmt.Println(ladder.Explain(s, s.Lower(heat.Normal, noon+60_000)))
	// Output:
	// 4 slow
	// 8 hold-new
	// Lowered from holding comments of new authors to normal; what came before no longer counts, and for 30 minutes each step up takes twice the evidence.
}
