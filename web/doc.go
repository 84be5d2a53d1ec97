// Package web is the HTTP face of Postbag: the readers' API, the moderators'
// API, the server-rendered pages, the scripts that sites embed, and the event
// streams.
//
// routes.go holds the one table of everything that can be asked for. A handler
// binds a request, calls one method of moderation.Service, and answers; what it
// refuses or fails at it returns as an error, which one adapter turns into an
// RFC 9457 problem document or, for a person's browser, into a page. Nothing
// here decides what is visible or allowed: that is package moderation's.
//
// Command postbag builds a Server and serves its Handler. Gin stays inside this
// package, and so do the request and response types; openapi.yaml is their
// precise form, and every answer is checked against it in tests.
package web
