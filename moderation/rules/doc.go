// Package rules decides what the rules of a site say of one comment.
//
// A site's rules are compiled into an Engine, which never changes afterwards:
// a new rule makes a new engine, swapped in whole. An evaluation has two steps,
// because their costs and their places differ:
//
//   - Engine.Read looks at the text: word lists, links. It is the expensive
//     part, needs nothing but the text, and runs before the transaction.
//   - Reading.Conclude adds what only the transaction knows: the author's
//     history, the article's mode, the readings of the rate rules.
//
// Every rule runs and every one that fires is recorded with its evidence; the
// strongest action wins (models.Verdict.Action). A rule that fails holds the
// comment and says so: an error never publishes anything.
//
// The package does no I/O. Package moderation calls it and keeps the counters.
package rules
