// Package keyword finds the words, phrases, names and hosts of a list in what
// readers write, however they are disguised. It is a leaf: it knows nothing of
// rules, verdicts or storage. The rule engine compiles all lists of a site into
// one [Matcher] and swaps it whole, so that a text is folded and walked once,
// and [Hit.List] says whose word it is; the command line calls [MatchLines]; the
// test box of the rules page shows [Readings]; the flood rules compare [Flat].
//
// # Folding
//
// A text becomes a row of cells, one for each thing a reader sees, each with
// the byte range it was read from. In order: character references, nested or
// unfinished ones too, percent-encoding and escapes; tags, comments and the
// addresses of links, which are read behind the text; one look-up per
// character in a table made of Unicode's confusables (UTS #39), compatibility
// decompositions (UAX #15) and character names. Look-alikes come before the
// decompositions: the long s decomposes to s but looks like f. Marks and
// invisible characters leave no cell; marks of scripts that need theirs, such
// as Devanagari, stay. Runs whose direction is overridden are put into the
// order in which they are seen (UAX #9), words drawn upside down are read a
// second time from behind. A letter of another script stays itself beside what
// it looks like, and so a word list in Russian or Hindi works as one in
// English; digits and signs stay themselves beside the letters they stand for.
// Folding takes time linear in the text.
//
// # Walking
//
// A term can only begin where a word begins. So there are no failure links as
// in Aho and Corasick (1975): a double-array trie (Aoe 1989) is walked from
// each such cell, and for nearly every word the walk ends after three or four
// array reads, in a 10,000-term list hardly later than in one of 100. A walk
// that stays alive follows all readings of the cells side by side, like
// Thompson's simulation (1968): a letter, a digit or sign as a letter, several
// signs as one letter, a letter repeated, a separator passed over. The readings
// followed at once, the cells of a walk, and the steps per cell of a text are
// bounded; a text that spends its steps is walked more narrowly until it has
// earned new ones, and terms as they are written are found all the same.
//
// # Deciding
//
// What spells a term is a match only when it reads as one: a word begins and
// ends there, or an ordinary ending, a slang ending or a tail such as "head"
// follows; the letters stand together, or all apart in the same way, or are
// broken by signs or a line end; a chain of single letters goes no further; the
// words of a phrase are not parted by a sentence. Then come the ordinary
// readings that win over a disguise: postcodes, plates, hashes, brackets, a
// whole text in another script, a stretched word that is in the dictionary.
//
// Masked words (p**t) and typing slips do not spell the term. They are found
// through indexes over the words of the list: by length and two letters; by the
// letters in any order; by the consonants as the ear hears them, after
// Metaphone (Philips 1990). A slip that is an ordinary word is none, and
// [Hit.Slip] says that a hit may hold a comment but not reject it.
//
// # Lists
//
// Terms that are spelled alike share an entry, whichever lists they are of: it
// is decided once, and every owner has the hit. An allowed word allows in its
// own list. The number of hits is bounded, and beyond the bound each list still
// has the first that counts: see [Matcher.Find].
//
// # Cost
//
// With n bytes of text: folding O(n); walking O(n) for plain text, at most a
// constant number of steps per cell for any text; masks and slips a bounded
// number of candidates per word; twice that when there are too many hits. Compiling t letters of terms takes O(t log t), and about 300
// bytes of memory per term. docs/rules-evaluation.md has the figures.
package keyword

//go:generate go run ./internal/gen -confusables=$CONFUSABLES -words=$WORDS -out .
