// Package moderation is the product: what may be posted, who sees what, what
// waits for whom, and what was decided.
//
// Service is the one door. The HTTP server, the command line and the importer
// all go through it, reads included, because what is visible is moderation
// policy. It keeps the ready-made pages of threads, so that a repeated read
// asks the database nothing, and shares one commit among the comments that
// arrive together.
//
// It knows no HTTP and no SQL: package web calls it, package models/store
// serves it, and the small packages below it each hold one algorithm.
package moderation
