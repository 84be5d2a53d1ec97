package flood_test

import (
	"math/rand/v2"
	"strings"
)

// prose writes what readers write, from words of its own: every sentence is put
// together from a grammar, so that two texts share the little words and now and then
// a phrase, as real ones do.
type prose struct{ *rand.Rand }

func newProse(seed uint64) prose { return prose{rand.New(rand.NewPCG(seed, 7))} }

// text returns a text of about so many characters, in folded form.
func (p prose) text(size int) string {
	var b strings.Builder
	for b.Len() < size*9/10 {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.sentence())
	}
	s := b.String()
	if limit := size * 5 / 4; len(s) > limit {
		s = s[:limit]
		s = s[:strings.LastIndexByte(s, ' ')]
	}
	return s
}

// varied returns a text whose length is spread around a mean as readers' are.
func (p prose) varied(mean int) string {
	return p.text(int(float64(mean) * (0.45 + 1.1*p.Float64())))
}

func (p prose) of(words []string) string { return words[p.IntN(len(words))] }

// noun returns a noun, now and then with an adjective.
func (p prose) noun() string {
	if p.IntN(3) == 0 {
		return p.of(adjectives) + " " + p.of(nouns)
	}
	return p.of(nouns)
}

func (p prose) subject() string {
	switch p.IntN(6) {
	case 0:
		return p.of(people)
	case 1:
		return p.of(pronouns)
	case 2:
		return "my " + p.of(people)
	case 3:
		return "the " + p.of(people) + " from " + p.of(places)
	}
	return p.of(determiners) + " " + p.noun()
}

func (p prose) object() string {
	switch p.IntN(4) {
	case 0:
		return p.of(determiners) + " " + p.noun() + " " + p.of(prepositions) + " " + p.of(places)
	case 1:
		return p.of(nouns) + " and " + p.of(nouns)
	}
	return p.of(determiners) + " " + p.noun()
}

func (p prose) clause() string {
	s := p.subject() + " " + p.of(verbs) + " " + p.object()
	if p.IntN(3) == 0 {
		s += " " + p.of(adverbs)
	}
	return s
}

func (p prose) sentence() string {
	switch p.IntN(8) {
	case 0:
		return p.of(openings) + " " + p.clause()
	case 1:
		return p.clause() + " " + p.of(joints) + " " + p.clause()
	case 2:
		return p.of(adverbs) + " " + p.clause()
	case 3:
		return p.of(nouns) + " is " + p.of(adjectives) + " " + p.of(joints) + " " + p.clause()
	case 4:
		return p.of(openings) + " " + p.noun() + " " + p.of(prepositions) + " " + p.of(places) + " " + p.of(joints) + " " + p.clause()
	}
	return p.clause()
}

// change replaces so many words, each by another one.
func (p prose) change(text string, words int) string {
	list := strings.Fields(text)
	for _, i := range p.Perm(len(list))[:min(words, len(list))] {
		for old := list[i]; list[i] == old; {
			list[i] = p.of([][]string{nouns, adjectives, verbs, adverbs, people, places}[p.IntN(6)])
		}
	}
	return strings.Join(list, " ")
}

// link returns a link as it stands in folded text.
func (p prose) link() string {
	return "https " + p.of(nouns) + p.of(nouns) + " example " + p.of(places) + " " + p.of(nouns) + " id " + string(rune('a'+p.IntN(26))) + string(rune('0'+p.IntN(10)))
}

func words(s string) []string { return strings.Fields(s) }

var (
	pronouns     = words("we they you nobody everybody someone she he it who one many")
	determiners  = words("the a this that every some our their no another each your")
	prepositions = words("in near behind around beyond outside towards across above past")
	joints       = words("because although while unless until since whereas but so and if when")
	openings     = words("honestly frankly apparently perhaps meanwhile suppose remember imagine again finally clearly sadly surely maybe still yesterday tomorrow lately nowadays elsewhere")
	adverbs      = words("slowly badly twice together anyway properly eventually cheaply openly secretly loudly quietly rarely often weekly overnight abroad downstairs indoors gladly bravely blindly halfway forever instead already almost nearly hardly twofold upstream sideways")
	people       = words("teacher nurse plumber minister councillor farmer driver editor judge neighbour cousin tenant landlord surgeon baker officer clerk student referee widow inspector engineer volunteer shopkeeper pensioner goalkeeper treasurer vicar librarian midwife dentist fisherman lawyer commuter cyclist columnist reporter mayor accountant electrician carpenter gardener postman conductor caretaker apprentice lifeguard paramedic")
	places       = words("scotland brighton parliament leeds market harbour woodland suburb village cathedral station airport hillside riverbank terrace gallery laundry museum orchard quarry stadium courtroom barracks cemetery warehouse nursery kitchen corridor meadow pavement junction bypass cornwall derby norfolk dundee swansea belfast plymouth york")
	nouns        = words("budget bridge tax hospital pension railway school reservoir licence timetable pothole rent mortgage ballot strike vaccine forest landlord fuel battery refund contract harvest library parking sewage broadband insurance pipeline cladding election apology petition fountain bakery chimney allotment curfew subsidy tariff lawsuit scandal merger inflation wage drought flood blackout recycling turbine cyclepath playground cinema theatre orchestra referendum committee inquiry verdict deadline overtime childcare dentistry ambulance prescription nursery scaffolding plaster boiler radiator window gutter hedge badger fox otter salmon beaver pigeon seagull kitten puppy saddle trolley bicycle tractor lorry tram ferry helicopter runway platform ticket voucher receipt invoice ledger audit charity donation raffle festival parade bonfire firework carnival concert choir anthem poem novel chapter headline broadcast podcast camera archive passport visa border customs embassy treaty summit sanction regiment veteran medal barrack oath throne palace dukedom estate tenancy eviction bailiff summons jury sentence parole tribunal pardon")
	verbs        = words("wants blames repairs ignores closes funded promised delayed destroyed painted sold bought measures questions supports opposes cancelled borrowed inherited invented neglects inspects demolished rescued replaces advertised abandoned welcomes fears forgot noticed described defended attacked copied denied rejected approved signed counted weighed carried dragged buried planted watered poisoned cleaned polished sharpened welded tightened loosened drained filled flooded burned cooked froze wrapped posted delivered collected hid found missed chased caught released trained taught examined cured vaccinated shelters feeds")
	adjectives   = words("old broken expensive temporary invisible rusty honest corrupt wooden crowded empty municipal foreign northern victorian gigantic tiny useless generous reckless stubborn patient noisy silent dangerous harmless fragile sturdy damp frozen boiling overdue unpaid illegal legal secret public private rural urban coastal royal local annual weekly endless brief sudden gradual cheap luxurious shabby elegant clumsy clever foolish polite rude bitter salty sour stale mouldy crisp bright gloomy cloudy purple scarlet yellow crimson greenish pale")
)
