// Package auth knows who may enter the console: passwords, sessions, API
// tokens, and links that work once (invitations, set-up, console links).
//
// It is called by package web, for requests, and by the command line, which
// makes accounts, tokens and links. It knows no HTTP: it takes and returns
// plain strings, and package web puts them into cookies and headers. It stores
// nothing itself; moderation.Service keeps accounts and the hashes of secrets.
//
// A password is kept as an Argon2id hash (RFC 9106) with the parameters that
// OWASP recommends for servers, 19 MiB and two passes. Every other secret has
// 256 random bits, so that its SHA-256 is enough: there is nothing to guess.
//
// Sign-in is throttled per account and per address (see throttle), at most one
// password per processor is hashed at a time, and an unknown account costs the
// same time and gets the same sentence as a wrong password.
package auth
