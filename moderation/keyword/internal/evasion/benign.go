package evasion

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Harmless is a line in which no term stands.
type Harmless struct{ Class, Text string }

// class writes the everyday lines of one kind.
type class struct {
	name  string
	lines int
	write func(r *rand.Rand) string
}

// Benign gives the everyday lines of all classes, in order.
func Benign() []Harmless {
	var lines []Harmless
	for n, c := range classes() {
		r := rand.New(rand.NewPCG(7, uint64(n)))
		for range c.lines {
			lines = append(lines, Harmless{c.name, c.write(r)})
		}
	}
	return lines
}

func classes() []class {
	word := func(list string) func(r *rand.Rand) string {
		words := strings.Fields(list)
		return func(r *rand.Rand) string { return about(r, pick(r, words)) }
	}
	line := func(list []string) func(r *rand.Rand) string {
		return func(r *rand.Rand) string { return pick(r, list) }
	}
	return []class{
		{"sentences", 2_000, func(r *rand.Rand) string { return sentences(r, 1+r.IntN(4)) }},
		{"words that hold a term", 600, word(holding)},
		{"words like a term", 300, word(similar)},
		{"words that join to a term", 200, func(r *rand.Rand) string { return about(r, pick(r, joins())) }},
		{"other names", 300, func(r *rand.Rand) string { return about(r, pick(r, otherNames())) }},
		{"other hosts", 120, func(r *rand.Rand) string { return about(r, pick(r, otherHosts())) }},
		{"allowed words", 60, func(r *rand.Rand) string {
			return about(r, pick(r, []string{"Vombleton", "VOMBLETON", "the Clod Bridge", "clod bridge", "Vombleton's"}))
		}},
		{"numbers and codes", 600, func(r *rand.Rand) string { return about(r, number(r)) }},
		{"links and tags", 200, link},
		{"other languages", 300, line(languages())},
		{"stretched words", 150, func(r *rand.Rand) string { return about(r, stretchedWord(r)) }},
		{"headings and stutter", 150, func(r *rand.Rand) string { return heading(r) }},
		{"programs and formulas", 120, line(programs())},
		{"emoji", 100, func(r *rand.Rand) string {
			return sentences(r, 1) + " " + strings.Repeat(pick(r, strings.Fields("😀 🔥 💯 👏🏽 ❤️ 🇬🇧 ⚽ 👨‍👩‍👧 ☕ ✅")), 1+r.IntN(4))
		}},
	}
}

// about puts something into a sentence that says nothing of it.
func about(r *rand.Rand, what string) string {
	head, tail, _ := strings.Cut(pick(r, carriers()), "{}")
	return head + what + tail
}

func sentences(r *rand.Rand, n int) string {
	who := []string{"The council", "My neighbour", "Our school", "The ferry company", "A reader from the hill", "The mayor's office", "Nobody at the station", "The new baker", "Half the street", "The bus driver"}
	does := []string{"wants to move", "has painted", "will close", "still pays for", "never asked about", "should repair", "promised to open", "counted the people in", "complained about", "remembers"}
	what := []string{"the footbridge", "the swimming pool", "the old cinema", "the market hall", "the cycle path", "the town clock", "the allotments", "the library", "the car park behind the church", "the playground"}
	when := []string{"before winter", "since 1998", "at 7.30 in the morning", "for £12,400", "on Monday", "after the storm", "without a single word", "by the end of March", "with 37 volunteers", "again"}
	var list []string
	for range n {
		list = append(list, pick(r, who)+" "+pick(r, does)+" "+pick(r, what)+" "+pick(r, when)+pick(r, []string{".", ".", "!", "?", " …"}))
	}
	return strings.Join(list, " ")
}

// holding are ordinary words that have a term inside, picked by hand.
const holding = `indolent indolence digit digits digital digitise legitimate illegitimate fugitive cogitate agitate agitated agitator agitation regurgitate longitude
longitudinal cadence cadet cadets cadaver academy academic decade decades cascade cascades facade arcade brocade barricade scads cadmium cadge cadger cadenza caddie ambuscade
stockade cicada avocado blinking thinking drinking sinking shrinking winking inking linking kinking stinking rethinking closet clothing clotted swallow hallway dallying wallaby
rallying wallop wallow wallet wallflower sallying tallying gallery outwit outwitted unwitting wittingly closely echoes stoic heroic stoically heroics Heroica troika oikumene doric
canning spinning beginnings inning winnings adorned dorsal pillory pillowcase quadrant cadastre candle conduit wallpaper Cornwall Wallis Wallace Finkelstein Finkley Gitta Digitalis
codes coded decoder`

const similar = `dolphin doll dote bolt colt jolt volt molten champ chimp clump hump twirl twerk cloud cold clad clog plod nod sod oil oak ink ninth nanny ninety
pillow pollock hillock bullock nitpick nitrate newt knit witness wit welly wall waltz willy dim dime buffet buffalo balloon bassoon fork cork pork work slab slop snob
cab can card cod cud fin fine funk pink kink get got gut goat grizzly crude crudely wick spud saddle sponge scrumptious nimble hobnob jabber jabot vex mould
zany hanker banker snuff surf turf drama drum ambulance flux lux kelp coins parsnips llamas caravan caravans tonic tonics attic attics money quick lucky beets free cheap`

func joins() []string {
	return []string{
		"undo lt columns", "a do, lt and gt", "we can do it", "much umpire", "the wall yields", "a hall you know", "in a slow ally", "dim witnesses", "the public lodge", "toxic lodgings", "clo daily",
		"his lob was long", "a gas lobby", "music adds", "logic adapts", "think in knots", "of inkwells", "if in kind", "big item", "dig it out", "leg itself", "cheap parsnips and loans",
		"cheap parsnip. Loans are dear", "free the llama rides", "win a red caravan", "lucky beet and tonic", "quick attic clean, money back", "kelp: coin of the sea? Kelp. Coin.", "tonic lucky beet",
		"no ikon", "who is kind", "radio ikebana", "for kids", "lad or kid", "do rk4 steps",
	}
}

func otherNames() []string {
	return []string{
		"Cecily Marrowby", "E.M. Marrowby-Smith of B. Marrowby & Sons", "Marrowby Road", "the Marrowbys", "Edwin Fell", "Edwin, Marrowby and Fell", "D. O'Grindle", "Tamsin Fell", "O'Grindle's shop",
		"John McFettle", "McFettle Street", "Ruth Fell", "Zoë Fell", "B. Tarnquist", "Tarnquist, Bella", "Mary Coddlewick", "Jane Fell", "Coddlewick-on-Sea", "Bruno Grübeldorf", "the village of Grübeldorf",
		"Anton Fell", "Idris Fell", "Owen Vale-Hopper", "Hopper, Vale and Idris", "Lars Bekkelund", "Søren Fell", "Bekkelund station",
	}
}

func otherHosts() []string {
	return []string{
		"parsniploans.example.com", "myparsniploan.example.com", "parsniploan.example.net", "parsniploan.example.com.invalid", "example.com", "kelp.example.org",
		"llamarides.example.net", "llama-rides.example.com", "https://www.example.org/parsnip", "at the end. Example. Net gains", "llama rides. Example: net",
	}
}

func number(r *rand.Rand) string {
	letters := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("ABCDEFGHJKLMNOPRSTUVWXY"[r.IntN(23)])
		}
		return b.String()
	}
	switch r.IntN(12) {
	case 0:
		return fmt.Sprintf("%s%d %d%s", letters(2), r.IntN(30), r.IntN(10), letters(2))
	case 1:
		return fmt.Sprintf("£%d.%02d", r.IntN(5000), r.IntN(100))
	case 2:
		return fmt.Sprintf("%d%%", r.IntN(100))
	case 3:
		return fmt.Sprintf("part no. %s%d-%d%s", letters(1), r.IntN(1000), r.IntN(100), letters(2))
	case 4:
		return fmt.Sprintf("%x%x", r.Uint64(), r.Uint64())
	case 5:
		return fmt.Sprintf("%s%02d %s", letters(2), r.IntN(100), letters(3))
	case 6:
		return fmt.Sprintf("#%06x", r.IntN(1<<24))
	case 7:
		return fmt.Sprintf("%d-%d after extra time", r.IntN(9), r.IntN(9))
	case 8:
		return fmt.Sprintf("%02x:%02x:%02x:%02x", r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256))
	case 9:
		return fmt.Sprintf("%d%s", r.IntN(100), pick(r, strings.Fields("k km kg m mph pm am th st nd cm GB TB l")))
	case 10:
		return fmt.Sprintf("the %s%d", pick(r, strings.Fields("A M B g b t c 4x 6d")), r.IntN(100))
	}
	return fmt.Sprintf("+44 20 7946 0%03d, (0%d) %d/%d", r.IntN(1000), r.IntN(999), r.IntN(99), r.IntN(99))
}

func link(r *rand.Rand) string {
	id := fmt.Sprintf("%x", r.Uint32())
	return pick(r, []string{
		"https://paper.example.org/local/2026/bridge-" + id + "?ref=" + id, "mail desk." + id + "@paper.example.com please", "<p class=\"lead\">The <b>bridge</b> is <a href=\"https://paper.example.org/" + id + "\">closed</a></p>",
		"[the plan](https://town.example.net/plan/" + id + ".pdf) and [the map][1]", "#SaveThePool @town_" + id + " please share", "www.town.example.net/?q=" + id + "&page=2", "`build-" + id + "` is not a word",
	})
}

func languages() []string {
	return []string{
		"Bürgermeisterin und Rat wollen die Brücke bis zum Winter öffnen.", "Wer hat die Bänke am Fluß bezahlt?", "Le maire veut rouvrir la piscine avant l'été, dit-on.", "El alcalde quiere abrir el puente antes del invierno.",
		"Il sindaco vuole spostare il mercato in città.", "Burmistrz chce otworzyć most przed zimą.", "De gemeente wil het zwembad in maart openen.", "Başkan köprüyü kıştan önce açmak istiyor.",
		"Мэр хочет открыть мост до зимы.", "Старый рынок закрыли в марте, а новый ещё строят.", "Ο δήμαρχος θέλει να ανοίξει τη γέφυρα πριν από τον χειμώνα.", "ראש העיר רוצה לפתוח את הגשר לפני החורף.",
		"يريد رئيس البلدية فتح الجسر قبل الشتاء.", "महापौर सर्दियों से पहले पुल खोलना चाहते हैं।", "นายกเทศมนตรีอยากเปิดสะพานก่อนฤดูหนาว", "市长希望在冬天之前开放大桥。", "市長は冬までに橋を開けたいと話した。",
		"시장은 겨울 전에 다리를 열고 싶어 한다.", "Starosta chce otevřít most před zimou, ale to není jisté.", "Thị trưởng muốn mở cầu trước mùa đông.", "Mae'r maer am agor y bont cyn y gaeaf.", "O prefeito Luiz quer abrir a ponte antes do inverno.",
		"ከንቲባው ድልድዩን ከክረምት በፊት መክፈት ይፈልጋሉ።", "ქალაქის მერს ხიდის გახსნა სურს ზამთრამდე.", "Քաղաքապետը ցանկանում է բացել կամուրջը մինչև ձմեռ:", "ᎢᎦ ᎠᏎᏊ ᎤᏟᎶᎥ ᎠᏍᏓᏩᏛᏍᏗ ᏂᎦᎥ", "ꆈꌠꁱꂷ ꀉꑌ ꃅꄷ ꇬꈻ", "മേയർ പാലം ശൈത്യത്തിനു മുമ്പ് തുറക്കും.",
	}
}

func stretchedWord(r *rand.Rand) string {
	w := pick(r, strings.Fields("so no yes what why please oh ah wow hey stop cool good bad sure right sweet free win money quick lucky wall cold oil colt"))
	at := len(w) - 1 - r.IntN(min(2, len(w)))
	return w[:at] + strings.Repeat(w[at:at+1], 3+r.IntN(8)) + w[at+1:] + strings.Repeat("!", r.IntN(4))
}

func heading(r *rand.Rand) string {
	w := pick(r, strings.Fields("SPORT NEWS AGENDA MINUTES WEATHER LETTERS DIGITAL ACADEMY CLOTHING DECADE HEROIC WALLET"))
	apart := strings.Join(strings.Split(w, ""), pick(r, []string{" ", "  ", ".", "-"}))
	return pick(r, []string{apart + "\n" + sentences(r, 1), "b-b-but " + strings.ToLower(w) + ", I m-m-mean", "plan A, plan B, grades A B C D", "U.S.A., U.K., B.B.C., e.g. a, b or c", "I, O U a tenner; x, y and z"})
}

func programs() []string {
	return []string{
		"SELECT id, title FROM articles WHERE section = 'local' AND views > 645;", "if c != 0 {\n\td++\n}", "A[0]=b[1]; c|=d<<2; x^=~y; *p++=*q--;", "for (i=0;i<10;i++) { k+=i; }", "c^d + c%d + c|d + (c?d:0)", "printf(\"%d %s %#.4g\", d, o, t);",
		"H₂O, CO₂, x² + y² = z², 2,4-D and C₁₂H₂₂O₁₁", "sudo apt-get install tools && cd /srv/site_2", "E = m·c², a ≠ b, f(x) = 1/(x+1)", "$%^&*()_+ !@#$%^&*()", "[x] done  [ ] to do  (a) one  (b) two", "do_it(); c.sum(d); lo_user = s.not_found",
		"n=45; id=6ea3f; q=a%20b", "{\"id\":1,\"ok\":true}", "0;1;0;1 t/1 o(k)", "-- d o n e --\n1) ok\n2) k",
	}
}
