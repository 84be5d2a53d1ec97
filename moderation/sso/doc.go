// Package sso reads how a site says who its reader is: the payload that pages
// made for Disqus bear (remote_auth_s3), and a signed JSON Web Token (RFC 7519)
// for sites that begin anew.
//
// A payload is
//
//	BASE64(json) SP HEX(HMAC-SHA1(secret, BASE64(json) SP timestamp)) SP timestamp
//
// where timestamp is in Unix seconds and json an object with id, username and
// email, and perhaps avatar and url. An empty object, or the empty array that PHP
// makes of one, says that nobody is signed in. The signature is checked over the
// text as it was sent, so it does not matter which alphabet and which padding of
// base64 a language prefers (RFC 4648), or whether its library breaks lines.
//
// A token is accepted when it is signed with HS256 (RFC 7515, 7518) and nothing
// else: what its header demands is never followed. It has to say when it was
// made or when it ends.
//
// The package checks signatures and times and takes texts apart; whether a name
// or an address may be shown is for its caller, package moderation. Every check is linear
// in the length of what is sent, of which at most MaxLength bytes are looked at,
// and computes at most two HMACs for each secret.
package sso
