// Package models is the vocabulary of Postbag: sites, articles, authors,
// comments, rules' findings, decisions, and the errors that people see.
//
// It holds types, the table of allowed status changes and nothing else: no
// storage, no HTTP, no policy. It imports the standard library only, so that
// every other package can speak it.
package models
