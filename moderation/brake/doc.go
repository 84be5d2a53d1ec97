// Package brake tells when a new rule fires on far more comments than it was
// meant to, so that it can be switched to shadow mode before it has kept many
// people from being heard. It only counts and compares; package moderation shows
// it the comments, keeps what it knows, and acts.
//
// # When it trips
//
// A rule comes with a promise, the share of comments that its backtest fired on.
// Bound turns it into the share that is still tolerated: five times as much, and
// never less than five in a hundred. Let p be the bound, n the comments seen and k
// those the rule fired on. The brake trips when
//
//	k ≥ MinFires and P(X ≥ k) < Alpha, X binomial with n and p
//
// which is exact: Tail sums the terms. In words: had the rule fired on no more
// than the bound, so many fires in so few comments would come up less than three
// times in a thousand. With the least bound five fires in the first 20 comments
// trip it, and so do six in 28.
//
// # Why nobody switches a rule off by breaking it
//
// A spammer would like to: every comment that a rule stops is a fire. So fires do
// not count one by one.
//
//   - A network counts once. After its first fire its comments are no evidence any
//     more, neither for nor against the rule.
//   - Of strangers, readers without a past on the site, two networks count. Then
//     only readers in good standing are watched, and who they are was settled before
//     the rule was saved. MinFires being five, at least three of them must have been
//     hit. (A site that is itself new knows nobody; there everybody is in good
//     standing.)
//   - MostNetworks bounds what is remembered. A rule that has fired on so many
//     networks without tripping fires, at worst, a little more often than the bound;
//     it is not watched any longer, and what happens later is not its doing.
//
// What is left is a sequence of comments each of which fires with the same chance,
// the first fire of each network, so the binomial law holds although comments of
// one network are alike.
//
// # How often it errs
//
// The test is made at every fire, up to MostNetworks times, and so it trips more
// often than Alpha says. Summed exactly over all courses (the least bound, and any
// number of comments): of rules that fire on 5 % of comments, the bound itself,
// 1.3 % are stopped; on 4 %, 0.3 %; on 1 %, as promised, 2 in a million. How many
// comments come in an hour plays no part. Of rules that fire on 30 % of comments,
// 76 % are stopped within 20 comments, 97 % within 40, and all but 2 in 1,000
// within 60.
package brake
