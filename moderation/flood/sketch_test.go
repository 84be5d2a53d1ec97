package flood_test

import (
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postbag/moderation/flood"
)

// People who do not know of each other write these, word for word.
func TestSmallTalkIsBlank(t *testing.T) {
	for _, text := range []string{
		"", " ", "!!!", "first", "i agree", "i agree i agree i agree i agree i agree i agree", "agreed", "well said", "this",
		"so true", "100 agree", "lol lol lol lol lol lol lol lol lol", "thank you for this great article",
		"i completely agree with everything you said", "couldnt agree more with this comment", "what a load of rubbish",
		"rest in peace my thoughts and prayers are with his family and friends", "excellent article thank you for writing it",
		"i could not have said it better", "congratulations to you all what wonderful news", "ich bin ganz ihrer meinung",
		"happy birthday", "make the town great again", "yes yes yes yes yes yes yes yes yes yes", "同意します",
	} {
		if s := flood.Sketch(text, false); !s.Blank() {
			t.Errorf("%q is not blank", text)
		}
	}
}

func TestShortTextsAreEqualOrNothing(t *testing.T) {
	slogan := flood.Sketch("cheap pills at spam example", true)
	for text, want := range map[string]float64{
		"cheap pills at spam example":   1,
		"cheap, pills at spam.example!": 1,
		"cheap pills at spam examples":  0,
		"cheap pill at spam example":    0,
		"pills cheap at spam example":   0,
	} {
		s := flood.Sketch(text, true)
		if got := slogan.Similarity(&s); math.Abs(got-want) > 0.05 {
			t.Errorf("%q: similarity %.2f, want %.0f", text, got, want)
		}
	}
	call, other := flood.Sketch("call me 020 7946 0123", false), flood.Sketch("call me 020 7946 0124", false)
	if call.Blank() || call.Similarity(&other) > 0.05 {
		t.Error("a telephone number does not count in a short text")
	}
}

func TestWhatIsProse(t *testing.T) {
	for text, prose := range map[string]bool{
		"the council closed our library again":  true,
		"the council closed the road":           false, // 23 letters
		"stop the new runway at heathrow now":   true,
		"Die Stadt hat die Bücherei zugesperrt": true,
		"мэрия снова закрыла нашу библиотеку":   true,
		"市議会は私たちの図書館を閉鎖した":                      true,
	} {
		if s := flood.Sketch(text, false); s.Blank() == prose {
			t.Errorf("%q: blank is %t", text, s.Blank())
		}
	}
}

// A signature in the database outlives the program: this test fails when Sketch
// computes another one without another version.
func TestSignaturesStayTheSame(t *testing.T) {
	s := flood.Sketch("the council closed our library again, and nobody was asked", false)
	const want = "011f36b7347d7eb7f33e642ecf6a43e4d6"
	if got := hex.EncodeToString(s.Bytes()[:17]); got != want {
		t.Errorf("signature begins with %s, want %s", got, want)
	}
}

func TestSketchReadsNoMoreThanMaxRunes(t *testing.T) {
	text := strings.Repeat("the council closed our library again ", 2*flood.MaxRunes/37)
	if a, b := flood.Sketch(text, false), flood.Sketch(text+" until monday", false); a != b {
		t.Error("what stands beyond MaxRunes changes the signature")
	}
}

// The estimate against the true share, over pairs from nothing to everything in
// common.
func TestSimilarityEstimatesJaccard(t *testing.T) {
	p := newProse(11)
	const pairs = 4000
	var bias, square float64
	for range pairs {
		a := p.varied(250)
		b := p.change(a, p.IntN(20))
		sa, sb := flood.Sketch(a, false), flood.Sketch(b, false)
		off := sa.Similarity(&sb) - jaccard(a, b)
		bias += off / pairs
		square += off * off / pairs
	}
	t.Logf("bias %+.4f, standard error %.4f", bias, math.Sqrt(square))
	if math.Abs(bias) > 0.005 || math.Sqrt(square) > 0.0625 {
		t.Errorf("bias %+.4f, standard error %.4f", bias, math.Sqrt(square))
	}
}

func jaccard(a, b string) float64 {
	grams := map[string]int{}
	for i, text := range []string{a, b} {
		for at := range len(text) - 4 {
			grams[text[at:at+5]] |= 1 << i
		}
	}
	both := 0
	for _, in := range grams {
		both += in / 3
	}
	return float64(both) / float64(len(grams))
}

func TestStoredSignatures(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := flood.Sketch(rapid.String().Draw(t, "text"), rapid.Bool().Draw(t, "linked"))
		got, err := flood.Parse(s.Bytes())
		if err != nil || got != s {
			t.Fatalf("read back %v, %v", got == s, err)
		}
	})
	stored := flood.Sketch("the council closed our library again", false)
	good := stored.Bytes()
	for name, bad := range map[string][]byte{
		"short": good[:flood.Size-1], "long": append(good[:flood.Size:flood.Size], 0), "of another version": append([]byte{9}, good[1:]...),
		"all zero": append([]byte{1}, make([]byte, flood.Size-1)...), "one byte": {1},
	} {
		if _, err := flood.Parse(bad); !errors.Is(err, flood.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(good) != flood.Size {
		t.Errorf("%d bytes, want %d", len(good), flood.Size)
	}
	if blank, err := flood.Parse(nil); err != nil || !blank.Blank() {
		t.Errorf("nil: %v, %v", blank, err)
	}
}

func FuzzSketch(f *testing.F) {
	f.Add("the council closed our library again", true)
	f.Add("i agree", false)
	f.Add("\xff\u200d é你好 ١٢٣ nothing to see, example.com", false)
	f.Fuzz(func(t *testing.T, text string, linked bool) {
		s := flood.Sketch(text, linked)
		if s != flood.Sketch(text, linked) {
			t.Fatal("not the same twice")
		}
		if spread := flood.Sketch("  "+text+" !? ", linked); s != spread {
			t.Fatal("signs around the text change the signature")
		}
		if got := s.Similarity(&s); got != 1 && !s.Blank() || got != 0 && s.Blank() {
			t.Fatalf("similar to itself by %v", got)
		}
		if got, err := flood.Parse(s.Bytes()); err != nil || got != s {
			t.Fatalf("not read back: %v", err)
		}
	})
}
