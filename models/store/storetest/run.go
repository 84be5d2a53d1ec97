package storetest

import "testing"

// Run runs the suite. address returns a new, empty database at each call.
func Run(t *testing.T, address func(testing.TB) string) {
	for name, test := range map[string]func(*testing.T, *world){
		"sites": testSites, "settings": testSettings, "rules": testRules, "rates": testRates,
		"articles": testArticles, "aliases": testAliases, "authors": testAuthors,
		"comments": testComments, "conflict": testConflict, "one transaction": testOneTransaction, "ripple": testRipple, "lane": testLane,
		"thread": testThread, "deep thread": testDeep, "empty thread": testEmptyThread,
		"flat": testFlat, "busiest": testBusiest, "sources": testSources, "sites knowing": testSitesKnowing, "articles by age": testArticlesByAge,
		"queue": testQueue, "queue bound": testQueueBound, "claims": testClaims, "exclusive claims": testExclusive,
		"decisions": testDecisions, "findings": testFindings, "revisions": testRevisions, "reports": testReports, "likes": testLikes,
		"rule names": testRuleNames, "rule versions": testVersions, "promise": testPromise, "verdicts": testVerdicts, "sketches": testSketches,
		"tallies": testTallies, "sample tallies": testSampleTallies, "outcomes": testOutcomes, "check of tallies": testCheckTallies,
		"notes": testNotes, "backtests": testBacktests, "sample": testSample, "sample queue": testSampleQueue,
		"past": testPast, "order of the past": testPastOrder, "past stops": testPastStops, "held only by": testHeldOnlyBy, "held by many": testHeldOnlyByMany,
		"addresses": testAddresses, "author history": testAuthorHistory, "heat": testHeat,
		"events": testEvents, "order of events": testOrder, "follow": testFollow, "writers": testWriters,
		"plans": testPlans, "counts": testCounts, "check": testCheck, "backup": testBackup,
		"moderators": testModerators, "credentials": testCredentials,
		"sign-in": testSSO, "logins": testLogins, "comments by": testCommentsBy,
	} {
		t.Run(name, func(t *testing.T) { test(t, newWorld(t, address(t))) })
	}
}
