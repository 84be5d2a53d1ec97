package web

import "github.com/gin-gonic/gin"

// surface is the kind of interface that a route belongs to. It decides how
// refusals look, which origins may ask, and which headers every answer bears.
type surface int8

const (
	plain      surface = iota // for machines that look after the server
	readerAPI                 // JSON for the widget, from the sites' pages
	consoleAPI                // JSON for moderators and their programs
	readerPage                // HTML for readers
	framedPage                // HTML for readers, in a frame of any page
	console                   // HTML for moderators
	script                    // files that pages of any site load
	disqusAPI                 // JSON for programs that were written for Disqus
)

// access is who may use a route.
type access int8

const (
	anyone access = iota
	moderators
	admins
)

// route is one line of the table.
type route struct {
	method, path string
	surface      surface
	access       access
	handle       func(*Server, *gin.Context) error
	stream       bool // stays open, and is not measured as a request
}

// routes is the whole surface of the server. GET also answers HEAD, the
// readers' API also answers OPTIONS, and "/KEY.disqus.com/NAME" and
// "/forums/KEY/NAME" are "/e/KEY/NAME".
func (s *Server) routes(cfg Config) []route {
	const (
		get, post, put, patch, del = "GET", "POST", "PUT", "PATCH", "DELETE"
		v1                         = "/api/v1"
		mod                        = v1 + "/moderation"
		con                        = "/console"
	)
	table := []route{
		// Readers.
		{get, v1 + "/sites/:site/thread", readerAPI, anyone, (*Server).getThread, false},
		{get, v1 + "/sites/:site/stream", readerAPI, anyone, (*Server).getThreadStream, true},
		{get, v1 + "/sites/:site/counts", readerAPI, anyone, (*Server).getCounts, false},
		{post, v1 + "/sites/:site/comments", readerAPI, anyone, (*Server).postComment, false},
		{post, v1 + "/sites/:site/session", readerAPI, anyone, (*Server).postSession, false},
		{get, v1 + "/sites/:site/session/comments", readerAPI, anyone, (*Server).getOwnComments, false},
		{patch, v1 + "/comments/:comment", readerAPI, anyone, (*Server).patchComment, false},
		{del, v1 + "/comments/:comment", readerAPI, anyone, (*Server).deleteComment, false},
		{post, v1 + "/comments/:comment/reports", readerAPI, anyone, (*Server).postReport, false},
		{put, v1 + "/comments/:comment/like", readerAPI, anyone, (*Server).putLike, false},
		{del, v1 + "/comments/:comment/like", readerAPI, anyone, (*Server).deleteLike, false},

		// Moderators and their programs.
		{get, mod + "/me", consoleAPI, moderators, (*Server).getMe, false},
		{get, mod + "/queue", consoleAPI, moderators, (*Server).getQueue, false},
		{get, mod + "/stream", consoleAPI, moderators, (*Server).getQueueStream, true},
		{post, mod + "/claims", consoleAPI, moderators, (*Server).postClaim, false},
		{patch, mod + "/claims/:claim", consoleAPI, moderators, (*Server).patchClaim, false},
		{del, mod + "/claims/:claim", consoleAPI, moderators, (*Server).deleteClaim, false},
		{get, mod + "/comments/:comment", consoleAPI, moderators, (*Server).getHistory, false},
		{post, mod + "/comments/:comment/decisions", consoleAPI, moderators, (*Server).postDecision, false},
		{post, mod + "/decisions", consoleAPI, moderators, (*Server).postDecisions, false},
		{post, mod + "/decisions/:decision/undo", consoleAPI, moderators, (*Server).postUndo, false},
		{get, mod + "/authors/:author", consoleAPI, moderators, (*Server).getAuthor, false},
		{post, mod + "/authors/:author/sanctions", consoleAPI, moderators, (*Server).postSanction, false},
		{get, mod + "/articles", consoleAPI, moderators, (*Server).getArticles, false},
		{get, mod + "/articles/:article", consoleAPI, moderators, (*Server).getArticle, false},
		{patch, mod + "/articles/:article", consoleAPI, moderators, (*Server).patchArticle, false},
		{get, mod + "/rules", consoleAPI, moderators, (*Server).getRules, false},
		{post, mod + "/rules", consoleAPI, admins, (*Server).postRule, false},
		{post, mod + "/rules/test", consoleAPI, moderators, (*Server).postRulesTest, false},
		{get, mod + "/rules/report", consoleAPI, moderators, (*Server).getRulesReport, false},
		{get, mod + "/rules/export", consoleAPI, moderators, (*Server).getRulesFile, false},
		{post, mod + "/rules/apply", consoleAPI, admins, (*Server).postRulesApply, false},
		{post, mod + "/rules/import-words", consoleAPI, moderators, (*Server).postImportWords, false},
		{get, mod + "/rules/:rule", consoleAPI, moderators, (*Server).getRule, false},
		{put, mod + "/rules/:rule", consoleAPI, admins, (*Server).putRule, false},
		{del, mod + "/rules/:rule", consoleAPI, admins, (*Server).deleteRule, false},
		{get, mod + "/rules/:rule/versions", consoleAPI, moderators, (*Server).getRuleVersions, false},
		{post, mod + "/rules/:rule/release", consoleAPI, admins, (*Server).postRelease, false},
		{post, mod + "/rules/:rule/backtest", consoleAPI, admins, (*Server).postRuleBacktest, false},
		{get, mod + "/backtests", consoleAPI, moderators, (*Server).getBacktests, false},
		{post, mod + "/backtests", consoleAPI, admins, (*Server).postBacktest, false},
		{get, mod + "/backtests/:backtest", consoleAPI, moderators, (*Server).getBacktest, false},
		{del, mod + "/backtests/:backtest", consoleAPI, admins, (*Server).deleteBacktest, false},
		{get, mod + "/log", consoleAPI, moderators, (*Server).getLog, false},

		// Scripts for the sites' pages, and the files behind all pages.
		{get, "/latest.rss", plain, anyone, (*Server).getFeed, false},
		{get, "/comments.rss", plain, anyone, (*Server).getFeed, false},
		{get, "/e/:site/latest.rss", plain, anyone, (*Server).getFeed, false},
		{get, "/e/:site/comments.rss", plain, anyone, (*Server).getFeed, false},
		{get, "/e/:site/:name/latest.rss", plain, anyone, (*Server).getFeed, false},
		{get, "/e/:site/:name/comments.rss", plain, anyone, (*Server).getFeed, false},
		{get, "/e/:site/:name", script, anyone, (*Server).getScript, false},
		{get, "/api/3.0/:resource/:method", disqusAPI, anyone, (*Server).getDisqus, false},
		{get, "/e/:site/api/3.0/:resource/:method", disqusAPI, anyone, (*Server).getDisqus, false},
		{get, "/assets/:name", script, anyone, (*Server).getAsset, false},
		{get, "/favicon.ico", script, anyone, (*Server).getIcon, false},

		// Pages for readers.
		{get, "/thread/:site", readerPage, anyone, (*Server).getThreadPage, false},
		{post, "/thread/:site", readerPage, anyone, (*Server).postThreadPage, false},
		{get, "/p/:post", framedPage, anyone, (*Server).getPostPage, false},
		{get, "/e/:site/p/:post", framedPage, anyone, (*Server).getPostPage, false},

		// Pages for moderators who are not signed in yet.
		{get, "/", console, anyone, (*Server).getRoot, false},
		{get, con + "/setup", console, anyone, (*Server).getSetUp, false},
		{post, con + "/setup", console, anyone, (*Server).postSetUp, false},
		{get, con + "/login", console, anyone, (*Server).getLogin, false},
		{post, con + "/login", console, anyone, (*Server).postLogin, false},
		{get, con + "/open", console, anyone, (*Server).getOpenConsole, false},
		{get, con + "/invite", console, anyone, (*Server).getInvitation, false},
		{post, con + "/invite", console, anyone, (*Server).postInvitation, false},
		{post, con + "/logout", console, anyone, (*Server).postLogout, false},

		// Pages for moderators.
		{get, con, console, moderators, (*Server).getConsole, false},
		{get, con + "/articles", console, moderators, (*Server).getArticlesPage, false},
		{post, con + "/articles/:article", console, moderators, (*Server).postArticleForm, false},
		{get, con + "/moves", console, admins, (*Server).getMovesPage, false},
		{post, con + "/moves", console, admins, (*Server).postMovesForm, false},
		{get, con + "/moves/:move", console, admins, (*Server).getMovePage, false},
		{post, con + "/moves/:move", console, admins, (*Server).postMoveForm, false},
		{get, con + "/sites", console, moderators, (*Server).getSitesPage, false},
		{post, con + "/sites", console, admins, (*Server).postSitesForm, false},
		{get, con + "/sites/:site", console, moderators, (*Server).getSitePage, false},
		{post, con + "/sites/:site", console, admins, (*Server).postSiteForm, false},
		{get, con + "/sites/:site/sign-in", console, admins, (*Server).getSiteSignIn, false},
		{post, con + "/sites/:site/sign-in", console, admins, (*Server).postSiteSignIn, false},
		{get, con + "/imports", console, admins, (*Server).getImportsPage, false},
		{post, con + "/imports", console, admins, (*Server).postImportsForm, false},
		{get, con + "/imports/:import", console, admins, (*Server).getImportPage, false},
		{get, con + "/imports/:import/progress", console, admins, (*Server).getImportProgress, false},
		{get, con + "/imports/:import/files/:name", console, admins, (*Server).getImportFile, false},
		{post, con + "/imports/:import/start", console, admins, (*Server).postImportStart, false},
		{post, con + "/imports/:import/cancel", console, admins, (*Server).postImportCancel, false},
		{post, con + "/imports/:import/origins", console, admins, (*Server).postImportOrigins, false},
		{get, con + "/imports/:import/undo", console, admins, (*Server).getImportUndoPage, false},
		{post, con + "/imports/:import/undo", console, admins, (*Server).postImportUndo, false},
		{get, con + "/team", console, moderators, (*Server).getTeamPage, false},
		{post, con + "/team", console, admins, (*Server).postTeamForm, false},
		{post, con + "/team/:member", console, admins, (*Server).postMemberForm, false},
		{get, con + "/rules", console, moderators, (*Server).getRulesPage, false},
		{get, con + "/rules/new", console, admins, (*Server).getNewRulePage, false},
		{post, con + "/rules/new", console, admins, (*Server).postNewRuleForm, false},
		{get, con + "/rules/:rule", console, admins, (*Server).getRulePage, false},
		{post, con + "/rules/:rule", console, admins, (*Server).postRuleForm, false},
		{post, con + "/rules/try", console, moderators, (*Server).postRuleTry, false},
		{post, con + "/rules/starter", console, admins, (*Server).postStarter, false},
		{get, con + "/rules/words", console, admins, (*Server).getWordsPage, false},
		{post, con + "/rules/words", console, admins, (*Server).postWordsForm, false},
		{get, con + "/rules/file", console, admins, (*Server).getRulesFilePage, false},
		{post, con + "/rules/file", console, admins, (*Server).postRulesFileForm, false},
		{get, con + "/rules/export", console, admins, (*Server).getRulesExport, false},
		{post, con + "/rules/:rule/mode", console, admins, (*Server).postRuleMode, false},
		{post, con + "/rules/:rule/release", console, admins, (*Server).postRuleRelease, false},
		{post, con + "/rules/:rule/delete", console, admins, (*Server).postRuleDelete, false},
		{post, con + "/backtests", console, admins, (*Server).postBacktestForm, false},
		{get, con + "/backtests/:backtest", console, admins, (*Server).getBacktestPage, false},
		{post, con + "/backtests/:backtest/apply", console, admins, (*Server).postBacktestApply, false},
		{post, con + "/backtests/:backtest/cancel", console, admins, (*Server).postBacktestCancel, false},
		{get, con + "/log", console, moderators, (*Server).getLogPage, false},
		{get, con + "/account", console, moderators, (*Server).getAccountPage, false},
		{post, con + "/account/password", console, moderators, (*Server).postPasswordForm, false},
		{post, con + "/account/tokens", console, moderators, (*Server).postTokenForm, false},
		{post, con + "/account/tokens/:token/revoke", console, moderators, (*Server).postTokenRevoke, false},

		// For whoever runs the server, or writes a program for it.
		{get, v1 + "/openapi.yaml", plain, anyone, (*Server).getOpenAPI, false},
		{get, "/healthz", plain, anyone, (*Server).getHealth, false},
		{get, "/readyz", plain, anyone, (*Server).getReady, false},
	}
	for _, method := range []string{post, put, patch, del} {
		table = append(table,
			route{method, "/api/3.0/:resource/:method", disqusAPI, anyone, (*Server).refuseDisqus, false},
			route{method, "/e/:site/api/3.0/:resource/:method", disqusAPI, anyone, (*Server).refuseDisqus, false})
	}
	for name := range siteScripts() {
		table = append(table, route{get, "/" + name, script, anyone, (*Server).getScript, false})
	}
	if cfg.Demo {
		table = append(table, route{get, "/demo", readerPage, anyone, (*Server).getDemo, false})
	}
	if !cfg.SeparateMetrics {
		table = append(table, route{get, "/metrics", plain, anyone, (*Server).getMetrics, false})
	}
	return table
}
