package evasion

import (
	"math/rand/v2"
	"strings"
	"unicode"
)

// drawings are the disguises that draw a letter as another character.
func drawings() []disguise {
	return []disguise{
		{"compatibility", "fullwidth", drawn, offset('ａ', 'Ａ')},
		{"compatibility", "mathematical", drawn, offset(0x1D41A, 0x1D482, 0x1D4EA, 0x1D51E+52, 0x1D5BA, 0x1D5EE, 0x1D622, 0x1D656, 0x1D68A, 0x1D400, 0x1D468, 0x1D4D0, 0x1D56C, 0x1D5A0, 0x1D5D4, 0x1D670)},
		{"compatibility", "circled", drawn, offset('ⓐ', 'Ⓐ', 0x1F150)},
		{"compatibility", "squared", drawn, offset(0x1F130, 0x1F170)},
		{"compatibility", "parenthesised", drawn, offset('⒜', 0x1F110)},
		{"compatibility", "outlined (Unicode 16)", drawn, offset(0x1CCD6)},
		{"compatibility", "tiles with variation selector", drawn, letters(tile)},
		{"compatibility", "superscript", drawn, table("aᵃ bᵇ cᶜ dᵈ eᵉ fᶠ gᵍ hʰ iⁱ jʲ kᵏ lˡ mᵐ nⁿ oᵒ pᵖ rʳ sˢ tᵗ uᵘ vᵛ wʷ xˣ yʸ zᶻ", "aᴬ bᴮ dᴰ eᴱ gᴳ hᴴ iᴵ jᴶ kᴷ lᴸ mᴹ nᴺ oᴼ pᴾ rᴿ tᵀ uᵁ wᵂ", "aₐ eₑ hₕ iᵢ jⱼ kₖ lₗ mₘ nₙ oₒ pₚ rᵣ sₛ tₜ uᵤ vᵥ xₓ")},
		{"compatibility", "small capitals", drawn, table("aᴀ bʙ cᴄ dᴅ eᴇ fꜰ gɢ hʜ iɪ jᴊ kᴋ lʟ mᴍ nɴ oᴏ pᴘ qꞯ rʀ sꜱ tᴛ uᴜ vᴠ wᴡ yʏ zᴢ")},
		{"compatibility", "letterlike and numerals", drawn, table("aÅ bℬ cℂ dⅆ eℯ gℊ hℎ iⅰ kK lℓ mⅿ nℕ oℴ pℙ qℚ rℝ vⅴ xⅹ zℤ", "cⅽ dⅾ iⅈ lⅼ mⅿ vⅴ xⅹ eⅇ jⅉ")},
		{"compatibility", "ligatures", drawn, letters(ligature)},
		{"look-alike", "Cyrillic", drawn, table("aа bЬ cс eе hһ iі jј kк mм oо pр qԛ rг sѕ tт uц vѵ wԝ xх yу dԁ lӏ nп gԍ", "aа cс eе iі oо pр sѕ xх yу jј hһ")},
		{"look-alike", "Greek", drawn, table("aα bβ eε iι kκ nη oο pρ tτ uυ vν wω xχ yγ cς zζ", "aΑ bΒ eΕ hΗ iΙ kΚ mΜ nΝ oΟ pΡ tΤ xΧ yΥ zΖ")},
		{"look-alike", "Armenian, Hebrew, Georgian", drawn, table("oօ hհ nո uս gց qզ sՏ lլ wա jյ", "oס iו vט nח lן yץ", "oჿ bხ hჩ yყ ")},
		{"look-alike", "Cherokee, Lisu, Coptic", drawn, table("aᎪ bᏴ cᏟ dᎠ eᎬ gᏀ hᎻ iᎥ jᎫ kᏦ lᏞ mᎷ pᏢ rᏒ sᏚ tᎢ vᏙ wᎳ zᏃ", "aꓮ bꓐ cꓚ dꓓ eꓰ fꓝ gꓖ hꓧ iꓲ jꓙ kꓗ lꓡ mꓟ nꓠ oꓳ pꓑ rꓣ sꓢ tꓔ uꓴ vꓦ wꓪ xꓫ yꓬ zꓜ", "aⲁ eⲉ hⲏ iⲓ kⲕ nⲛ oⲟ pⲣ cⲥ tⲧ uⲩ xⲭ wⲱ mⲙ")},
		{"look-alike", "Canadian syllabics and kana", drawn, table("aᗩ bᗷ cᑕ dᗪ hᕼ jᒍ lᒪ mᗰ pᑭ qᑫ rᖇ uᑌ vᐯ wᗯ xᕁ", "a卂 b乃 c匚 e乇 f千 h卄 i丨 j亅 l乚 n几 o口 p卩 r尺 s丂 t丅 u凵 w山 x乂 y丫 z乙", "aﾑ b乃 e乇 fｷ hん iﾉ jﾌ kズ lﾚ mﾶ n刀 pｱ r尺 s丂 tｲ v√ xﾒ yﾘ z乙")},
		{"look-alike", "alphabets of the web", drawn, table(webAlphabets()...)},
		{"look-alike", "old scripts", drawn, table("a𐊠 b𐊂 c𐊢 e𐊆 f𐊇 i𐊊 m𐊰 o𐊒 p𐊕 t𐊗 x𐊐", "a𐌀 b𐌁 c𐌂 e𐌄 f𐌅 i𐌉 k𐌊 l𐌋 m𐌌 o𐌏 t𐌕 x𐌗", "o𐓪 u𐓎 o𐐬 c𐐽")},
		{"look-alike", "signs of currency", drawn, table("a₳ b฿ c₵ d₫ e€ f₣ g₲ hⱧ k₭ l£ m₥ n₦ p₱ s$ t₮ u∪ w₩ y¥ zⱫ")},
		{"look-alike", "stroke and hook letters", drawn, table("aⱥ bƀ cȼ dđ eɇ gǥ hħ iɨ jɉ kꝁ lł oø pᵽ rɍ tŧ uʉ yɏ zƶ", "bɓ cƈ dɗ fƒ gɠ hɦ kƙ mɱ nɲ pƥ qʠ sʂ tƭ vʋ wⱳ yƴ zȥ", "aᶏ dᶑ eᶒ fᵮ mᵯ nᵰ pᵱ rᵲ sᵴ tᵵ zᵶ")},
		{"look-alike", "phonetic letters", drawn, table("aɑ bɓ cɕ dɖ eɘ fʄ gɡ hɧ iɩ jʝ kʞ lɭ mɯ nɳ oɵ rɻ sʃ tʈ uʊ vʌ wʍ yʎ zʐ", "eɛ iɪ nŋ uʋ zʒ")},
		{"look-alike", "upside down", drawn, upsideDown},
		{"look-alike", "capital I for l", drawn, table("lI")},
		{"look-alike", "letter pairs", drawn, table("mrn wvv dcl", "wuu mrn")},
		{"emoji", "letters as emoji", drawn, table("a🅰️ b🅱️ o🅾️ p🅿️ i❗ mⓂ️ x❌ s💲", "o⭕ x✖️ i1️⃣ e3️⃣ o0️⃣ t✝️ s💲", "o⚽ i❕ a🔺 v✔️")},
		{"emoji", "flags", drawn, regional},
		{"leet", "digits", drawn, some(2, "a4 e3 i1 o0 s5 t7 b8 g9 l1 z2")},
		{"leet", "signs", drawn, some(2, "a@ i! s$ t+ l| e€ c( h#")},
		{"leet", "signs of several parts", drawn, some(2, `k|< m|\/| n|\| d|) h|-| u|_| w\/\/ v\/ x>< p|> b|3 a/\`)},
		{"leet", "digits of other scripts", drawn, some(2, "o٠ o০ l١ e３ o𝟎 i𝟏 e𝟑 a𝟒 s𝟓 t７ o⓪ i① e③ a④ s⑤ t⑦ b⑧ g⑨")},
		{"case", "capitals", drawn, letters(func(_ *rand.Rand, c rune) string { return string(unicode.ToUpper(c)) })},
		{"case", "mixed case", drawn, letters(func(r *rand.Rand, c rune) string {
			if r.IntN(2) == 0 {
				return string(unicode.ToUpper(c))
			}
			return string(unicode.ToLower(c))
		})},
	}
}

// webAlphabets are alphabets that "fancy text" pages offer.
func webAlphabets() []string {
	var list []string
	for _, a := range []string{
		"ᏗᏰፈᎴᏋᎦᎶᏂᎥᏠᏦᏝᎷᏁᎧᎮᎤᏒᏕᏖᏬᏉᏇጀᎩፚ", "ąცƈɖɛʄɠɧıʝƙƖɱŋơ℘զཞʂɬų۷ῳҳყʑ", "ᗩᗷᑢᕲᘿᖴᘜᕼᓰᒚkᒪᘻᘉᓍᕵᕴᖇSᖶᑘᐺᘺ᙭ᖻᗱ", "ꍏꌃꉓꀸꍟꎇꁅꃅꀤꀭꀘ꒒ꂵꈤꂦꉣꆰꋪꌗ꓄ꀎꃴꅏꊼꌩꁴ",
		"ልጌርዕቿቻኗዘጎጋጕረጠክዐየዒዪነፕሁሀሠሸሃጊ", "ǟɮƈɖɛʄɢɦɨʝӄʟʍռօքզʀֆȶʊʋաӼʏʐ", "ΛBᄃDΣFGΉIJKᄂMПӨPQЯƧƬЦVЩXYZ", "ค๒ς๔єŦﻮђเןкl๓ภ๏קợгรtยשฬאץz", "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵",
	} {
		var pairs strings.Builder
		letter := 'a'
		for _, c := range a {
			pairs.WriteString(string(letter) + string(c) + " ")
			letter++
		}
		list = append(list, pairs.String())
	}
	return list
}

func tile(r *rand.Rand, c rune) string {
	if c = unicode.ToLower(c); c < 'a' || c > 'z' {
		return ""
	}
	return string(0x1F170+c-'a') + pick(r, []string{"\ufe0f", "\ufe0e"})
}

func ligature(_ *rand.Rand, c rune) string {
	return map[rune]string{'f': "ſ", 's': "ꜱ", 'i': "ı", 'j': "ȷ", 'a': "ɑ", 'o': "ꝋ", 'd': "ꝺ", 'r': "ꞃ", 't': "ꞇ", 'g': "ᵹ"}[c]
}

// upsideDown turns the page: the letters upside down, in reverse order.
func upsideDown(_ *rand.Rand, list []unit) {
	over := map[rune]string{'a': "ɐ", 'b': "q", 'c': "ɔ", 'd': "p", 'e': "ǝ", 'f': "ɟ", 'g': "ƃ", 'h': "ɥ", 'i': "ᴉ", 'j': "ɾ", 'k': "ʞ", 'l': "ꞁ", 'm': "ɯ", 'n': "u", 'p': "d", 'q': "b", 'r': "ɹ", 't': "ʇ", 'u': "n", 'v': "ʌ", 'w': "ʍ", 'y': "ʎ"}
	letters(func(_ *rand.Rand, c rune) string { return over[unicode.ToLower(c)] })(nil, list)
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
}

// regional writes flags, which fall apart into letters when something
// invisible stands between.
func regional(r *rand.Rand, list []unit) {
	offset(0x1F1E6)(r, list)
	same("\u200b", "\u2060", " ")(r, list)
}

// some draws up to n letters of a term, and one at least, from pairs.
func some(n int, pairs string) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, list []unit) {
		left := n
		for _, i := range r.Perm(len(list)) {
			var found []string
			for _, pair := range strings.Fields(pairs) {
				if left > 0 && strings.HasPrefix(pair, strings.ToLower(list[i].text)) && list[i].letter {
					found = append(found, pair[len(list[i].text):])
				}
			}
			if len(found) > 0 {
				list[i].text = pick(r, found)
				left--
			}
		}
	}
}
