// Package interchange reads and writes comments in forms that other programs have.
// It writes our own JSON Lines with everything (LineWriter), tables for spreadsheets
// (TableWriter) and WordPress exports (WXRWriter). It reads our own JSON Lines
// (LineReader), tables and JSON of any making (TableReader), WordPress exports
// (WXRReader), backups of Remark42 (Remark42Reader), exports of Commento
// (CommentoReader) and of Comentario (ComentarioReader), and the database of Isso
// (IssoReader). It holds no policy: what goes into an export, and what becomes of
// what is read, is decided by the caller, package moderation.
//
// Every writer writes record by record and keeps none, so that an export of any
// size takes the same memory.
//
// # Postbag JSON Lines, version 1
//
// UTF-8, one JSON object a line, each with a "type". The first line is the
// header; a reader refuses a version that it does not know, and skips types and
// members that it does not know. The order is fixed, so that what a line refers
// to stands before it:
//
//	header    version, what wrote it, when; always the first line
//	site      the site and its settings; one line
//	moderator who decided about comments: e-mail and name, nothing that opens anything
//	author    who wrote comments: name, e-mail, sanction
//	article   a page with all names by which it is known
//	comment   any state, the answered one before its answers
//	revision  a later text of a comment, shown or still held
//	report    a reader's flag on a comment
//	decision  what moderators and rules did with a comment, in order
//	end       how many lines of each type there are; always the last line
//
// A file without its end line is cut off. The tag of the site tells its ids from
// those of other sites, which begin at 1 as well. Ids are those that Postbag shows:
// "c" and base 36 for comments, "a" for articles, "u" for authors, "d" for
// decisions, "m" for moderators, "r" for rules. Times are RFC 3339 in UTC with
// milliseconds. Members that are empty, zero or false are left out, other than
// "text", "status" and ids.
//
// Revisions and reports have no public id; theirs are plain numbers.
//
// Not in it are secrets and what is worth nothing elsewhere: passwords, keys of
// sign-in, keyed hashes of addresses, of reporters and of who likes what, edit
// tokens, rendered node trees, counters that follow from the lines, what rules
// found, and the rules, which have a file format of their own.
package interchange
