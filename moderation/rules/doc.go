// Package rules decides what the rules of a site say of one comment.
//
// # What a rule is
//
// A rule has conditions of one kind, an action, a mode and a scope. The kinds:
//
//	keyword      terms of a list stand in the text, the name, the e-mail address or a link
//	rate         comments come faster than so many in a time, by author, address, article …
//	flood        the same text again and again
//	links        how many, where to, hidden or in disguise
//	author       history, age, name, kind
//	expression   a formula over some thirty variables: links > 2 && author.approved < 3
//	combination  all, any or at least n of the others, and not
//
// All rules run, all that fire are findings with their evidence, and the
// strongest action wins: no reason hides another. The mode bounds what a rule may
// do: enforce, hold-only, shadow (record what it would have done), draft (do not
// run). Two actions reach beyond the comment, which is then tagged or held: slow
// and close put the article on a step of the heat ladder (Finding.Raise). Only
// where waiting helps, on rate and flood rules, does slow refuse the comment
// instead. Allow lifts what waits for just any moderator, pre-moderation and
// heat; it never lifts what another rule says.
//
// # How a comment is judged
//
// Compile turns the rules of a site into an Engine, which never changes
// afterwards: a new rule makes a new engine, swapped in whole. Judging has two
// steps, because their costs and their places differ:
//
//	Engine.Read       looks at the text: one automaton for the word lists of all
//	                  rules, links, measures. It is the expensive part, needs
//	                  nothing but the text, and runs before the transaction.
//	Reading.Conclude  adds the facts that only the transaction knows, and asks
//	                  every rule. It is a pure function.
//
// Facts are stored with the verdict. Replaying them on the rules of the time gives
// the same verdict, bit for bit: nothing here asks the clock, the database or
// chance. That is also how a rule is tested on past comments.
//
// # Doubt and failure
//
// A condition is true, false, or in doubt, when a term is perhaps only a typing
// slip. Combinations carry the doubt along (Kleene's three-valued logic), and a
// rule in doubt holds at most, and never allows. A rule that fails, because its
// expression divides by zero or for any other reason, is a finding that holds the
// comment and says why (Failed); it stops no other. Rules that cannot be compiled
// at all make an engine that holds everything (Failing). An error never publishes
// anything.
//
// # What a rule can cost
//
// Rules come from people who may edit them, texts from everybody. So what a rule
// can cost is bounded when it is saved: sizes and counts of everything; for
// expressions the nodes of the tree, no loop within a loop, no text made longer,
// and regular expressions that are constant and small, in Go's linear-time
// engine. Reading takes time linear in the text.
//
// Package rules is a leaf: it does no I/O. Package moderation calls it, keeps the
// counters of rate rules (package rate) and the index of copies (package flood),
// and acts on the verdict; package rulefile reads and writes rules as YAML.
package rules
