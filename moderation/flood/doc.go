// Package flood tells how many recent comments say nearly the same, whoever wrote
// them and wherever they stand. It is arithmetic and memory only: no clock, no
// storage, no goroutine. The moderation service folds a text once, sketches it, asks
// the index of the site before it stores the comment and enters it after; the sketch
// is stored, so that any process can build its index again.
//
// # Sketching
//
// Two texts are as similar as their sets of character 5-grams: the size of the
// intersection over that of the union, the Jaccard index j (Broder 1997, who counts
// runs of words). For a random order of all possible 5-grams the first one of text
// A and the first one of text B are the same with probability j. So 64 such orders
// give 64 numbers for each text, and the share of them that are equal in two texts
// estimates j with a standard error of √(j(1−j)/64). Of each number 16 bits are kept
// (Li and König 2010), which adds 64/65536 to the estimate. An order is a
// multiplication by an odd constant modulo 2^64 after a mixing permutation; both
// halves of a product are used, each as one order of 32 bits.
//
// # What does not count
//
// "I agree", written by thirty readers, is no flood; "real news only on spam.example"
// from thirty accounts is one. Therefore:
//
//   - A text of fewer than 25 letters counts only when it leads somewhere, to a link,
//     a host, an e-mail address or a telephone number, and then it resembles only its
//     equal: the whole text is its one gram. Without that it is blank.
//   - A longer one is blank too when it leads nowhere and has fewer than 10 letters
//     outside of a list of some 290 English words: those in which readers agree, thank,
//     mourn and laugh, and those that join them. "I completely agree with everything
//     you said" is 37 letters of nothing.
//   - All else is prose and counts when it is similar.
//
// In other languages only the first rule holds. Han, kana and Hangul letters count
// twice.
//
// # Finding
//
// Comparing with every entry would take too long. Locality-sensitive hashing (Indyk
// and Motwani 1998; Gionis, Indyk and Motwani 1999) cuts a signature into b bands of
// r hashes and compares only entries that agree in all hashes of some band, which two
// texts do with probability 1 − (1 − j^r)^b:
//
//	b × r     j = 0.05   0.3    0.4    0.5    0.65
//	16 × 4     0.0001   0.12   0.34   0.64   0.96
//	21 × 3     0.003    0.44   0.75   0.94   0.999
//	24 × 2     0.06     0.90   0.98   0.999  1
//
// Three words changed in each of two copies of 150 characters leave j between 0.35
// and 0.65, so only pairs will do. Their price, buckets of unrelated texts that begin
// with the same two common 5-grams, is bounded: a bucket is walked from its newest
// entry and left after 6 that are no copies. That loses next to nothing, because the
// copies share other buckets, of grams that are less common: of floods with three words
// changed, scattered among 60,000 comments, 12 instead of 6 caught at most 0.5 % more.
//
// Each band has a hash table with linear probing that knows the number of the newest
// entry of each bucket, in cells of 4 bytes. An entry holds the number of the next older
// one in each of its buckets. Numbers grow, so that a bucket ends by itself where
// entries have been forgotten.
//
// # Clusters
//
// A copy is an entry whose similarity is at least that of the rule. Copies of a copy
// count as well, and so on: the third text of a flood resembles perhaps the first
// alone. But they count only while they resemble the text itself by half of that
// similarity, and by 0.2, where unrelated texts are not. So a chain of small changes
// cannot join what has nothing in common. Nothing of this is stored: clusters are
// found at each look-up, from the entries that are held and their order. A process
// that has run for a month and one that has just read the last three days therefore
// answer alike.
//
// # Measured
//
// Floods of six texts among as many other comments, at the default similarity of
// 0.375, in per cent of the third texts for which both earlier ones were counted, and
// of the later ones for which at least two were. Lengths vary by half around their
// mean; each copy is made from the original, or from the copy before. TestCopiesAreCaught
// prints this table for its generated prose.
//
//	characters  changed     from the original   from the last
//	                        third   later       third   later
//	 60         1 word       96.6    97.8        97.0    97.3
//	            2 words      77.8    82.3        76.6    77.9
//	            3 words      49.0    58.9        46.6    51.6
//	            link         82.8    91.3        82.8    91.3
//	150         1 word      100     100         100     100
//	            2 words     100     100         100      99.9
//	            3 words      97.4    98.9        98.2    97.9
//	            link        100     100         100     100
//	600         any         100     100         100     100
//
// A text of 60 characters has eleven words: with three of them changed, less than a
// third of its 5-grams is left. Of 4.5 million pairs of unrelated texts of 60, 150 and
// 600 characters 8, 0 and 0 were similar.
//
// # Cost
//
// Sketch takes 32 multiplications a character. Look expects time independent of the
// number of entries once the buckets are full, and meets at most 4,096 entries whatever
// an attacker entered; Add and forgetting an entry take O(1) expected, but for the
// doubling of one of the 24 tables now and then, not of all in the same Add. The seed
// of an index keeps an attacker from choosing cells. An entry takes 345 bytes of memory
// at 100,000 entries. In processor time on an AMD EPYC of 2.6 GHz, with no allocation:
//
//	Sketch, 300 bytes                            12 µs
//	Add, to 100,000 comments, forgetting one      1.8 µs
//	Look, among 100,000 comments, unrelated      22 to 30 µs
//	Look, a copy                                 44 µs
//	Look, 100,000 copies                         17 µs
package flood
