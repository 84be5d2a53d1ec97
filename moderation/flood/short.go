package flood

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what Sketch makes of a text.
type kind int

const (
	trifle kind = iota // says too little to be a copy of anything
	short              // counts where it is equal, letter for letter
	prose              // counts where it is similar
)

const (
	// ProseLetters is the number of letters from which a text is prose. Han, kana
	// and Hangul letters count twice.
	ProseLetters = 25

	ownLetters    = 10 // letters of prose outside of small talk
	contactDigits = 9  // digits that make a telephone number
)

// kindOf decides by the rule that the package comment explains.
func kindOf(folded string, letters int, linked bool) kind {
	contact := linked || hasNumber(folded)
	switch {
	case letters < ProseLetters && contact:
		return short
	case letters < ProseLetters:
		return trifle
	case contact || hasOwnWords(folded):
		return prose
	}
	return trifle
}

// hasOwnWords reports whether a text says more than small talk.
func hasOwnWords(folded string) bool {
	own := 0
	for word := range strings.FieldsFuncSeq(folded, func(r rune) bool { return letterWeight(r) == notWord }) {
		if !smallTalk(word) {
			own += utf8.RuneCountInString(word)
		}
		if own >= ownLetters {
			return true
		}
	}
	return false
}

// hasNumber reports whether a text contains a telephone number.
func hasNumber(folded string) bool {
	digits := 0
	for _, r := range folded {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits >= contactDigits
}

// smallTalk reports whether an English word is one of those in which readers agree,
// thank, laugh, mourn and greet, or one that joins them. People who never heard of
// each other write the same comment with these. Other languages have only the
// bound on letters.
func smallTalk(word string) bool {
	switch word {
	case "a", "about", "all", "also", "always", "am", "an", "and", "another", "any", "are", "as", "at",
		"be", "been", "bit", "but", "by", "can", "could", "couldn", "couldnt", "d", "did", "do", "does", "don", "dont",
		"ever", "every", "everyone", "everything", "few", "for", "from", "get", "give", "go", "had", "has", "have", "he",
		"her", "here", "hers", "him", "his", "how", "i", "if", "im", "in", "is", "isn", "it", "its", "just", "keep",
		"know", "let", "ll", "lot", "lots", "m", "make", "many", "may", "me", "more", "most", "much", "must", "my",
		"no", "not", "nothing", "now", "of", "off", "on", "once", "one", "only", "or", "our", "out", "over", "own",
		"please", "put", "quite", "re", "read", "really", "s", "same", "say", "see", "she", "should", "so", "some",
		"someone", "something", "t", "take", "than", "that", "thats", "the", "their", "them", "there", "these", "they",
		"this", "those", "time", "times", "to", "today", "too", "truly", "u", "up", "us", "ve", "very", "was", "way",
		"we", "were", "what", "when", "who", "why", "will", "with", "would", "you", "your", "yours":
		return true
	case "absolute", "absolutely", "accurate", "agree", "agreed", "agreement", "agrees", "amen", "amazing", "author",
		"awesome", "awful", "beautiful", "best", "better", "bless", "bravo", "brilliant", "came", "cheers", "clear",
		"comment", "comments", "completely", "concur", "condolences", "congrats", "congratulations", "correct",
		"definitely", "deepest", "disagree", "disgrace", "disgraceful", "disgusting", "entire", "entirely", "exact",
		"exactly", "excellent", "fabulous", "families", "family", "fantastic", "feel", "fine", "first", "friends", "fully",
		"funny", "god", "gone", "good", "great", "ha", "haha", "hahaha", "hahahaha", "happy", "hear", "heart", "hearts",
		"hello", "hi", "hilarious", "hope", "indeed", "informative", "interesting", "journalism", "lmao", "lol", "love",
		"loved", "lovely", "luck", "missed", "nail", "nailed", "news", "nice", "ok", "okay", "opinion", "peace", "perfect",
		"perfectly", "piece", "point", "points", "post", "posted", "posting", "prayers", "precisely", "rest",
		"right", "rip", "rubbish", "sad", "sadly", "said", "sharing", "shame", "sorry", "soul", "spot", "story", "superb",
		"sympathy", "terrible", "thank", "thanks", "thanx", "think", "thought", "thoughts", "totally", "tragic", "true",
		"truth", "understand", "view", "views", "welcome", "well", "wish", "wishes", "wonderful", "word", "words", "work",
		"wow", "write", "writing", "written", "wrong", "wrote", "yeah", "yep", "yes", "article", "articles":
		return true
	}
	return false
}
