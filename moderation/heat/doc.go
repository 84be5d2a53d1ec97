// Package heat decides how much an article that is in trouble has to be slowed down.
// It is arithmetic only: no clock, no storage, no goroutine. The moderation service
// keeps one State with each article, passes it through [Ladder.Observe] in the
// transaction of every comment, and writes [Ladder.Explain] to the audit log when the
// level has changed.
//
// # The ladder
//
//	normal → slow → hold-new → hold-all → read-only
//
// Observe goes up by one level at a time and stays on each for at least 4 comments. It
// never goes down: that is for a moderator, by [State.Lower]. Rules and moderators may
// go up by [State.Raise], to any level. Heat never rejects a comment: it asks authors
// to wait, has comments held, and at the very top closes the article.
//
// # What counts as trouble
//
// Busy is not bad. When news breaks an article gets a hundred times its usual comments,
// and they are what the article is for. So nothing here depends on how many comments
// there are or how fast they come, only on what share of them is trouble, compared with
// what is usual on the site ([Config]): copies of others' comments and comments that a
// rule stopped are proof; more new authors than usual, and reports by readers, are
// hints. Hints alone raise nothing, and together with proof an article only as far as
// hold-new: fifty accounts with a report button cannot close an article. Refusals are
// shown but are no evidence: one reader who presses again and again cannot either.
//
// # The test
//
// Each comment adds the logarithm of how much more likely it is in trouble than in
// peace, and the sum never falls below zero (the CUSUM test of Page 1954):
//
//	evidence ← max(0, evidence + ln P(comment | trouble) / P(comment | peace))
//
// In peace a comment lowers the sum on average, and the time until it first reaches h
// nats is at least e^h comments on average (Lorden 1971); in trouble it rises by the
// divergence of the two distributions, and no test with as few false alarms is sooner
// on average. Peace is what is usual, with an allowance of half as much trouble again
// and 5 % more new authors; trouble is that and 10 % copies, 6 % stopped by rules, and
// 40 % new authors on top. In nats, with the default shares:
//
//	comment        copy +2.04   stopped by a rule +0.85   neither −0.19
//	its author     new +0.76    known −0.96
//	a report       +0.50
//
// Proof and hints are two sums, of which the second counts up to 6. An article goes to
// slow at 13 and on to hold-new at 13.5. From there the question is another one, how
// large the share of trouble is, by the same test with other shares: for hold-all 42 %
// against 17 %, 3 nats; for read-only 95 % against 80 %, 8 nats: nearly everything.
//
// Evidence fades by half in an hour, which can only delay an alarm. What a moderator
// lowers begins with no evidence at all and for 30 minutes needs twice as much for each
// step: what led there before cannot lead there again, only what comes after.
//
// # Measured
//
// By the simulations in this package, with fixed seeds. False alarms, in ten million
// comments each, an article beginning anew after each alarm:
//
//	30 % new authors, 1 % copies, 3 % stopped by rules (the default)   slow       1
//	  on an article in slow mode                                       hold-new   0
//	  on an article in hold-new                                        hold-all 240
//	45 % new authors                                                   slow       7
//	90 % new authors                                                   slow      41
//	2 % copies, 6 % stopped by rules                                   slow      90
//
// A thousand articles on which news breaks, 5,000 comments each at up to a hundred
// times the usual pace with the usual mix, all stay normal. Two thousand brigades:
//
//	70 % new authors, 40 % copies   hold-new   within 30 comments 98.2 %, half within 17
//	                                hold-all   within 100 comments 100 %, half within 30
//	40 % stopped by rules           hold-all   within 150 comments 99.8 %, half within 69
//	90 % copies, 90 % stopped       read-only  within 120 comments 100 %, half within 62
//
// # Cost
//
// Observe takes O(1), about 100 ns and no allocation; a State is 112 bytes, and at
// most 156 bytes of text.
package heat
