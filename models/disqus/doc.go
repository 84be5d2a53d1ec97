// Package disqus reads and writes the comment export of Disqus, one record at a time.
//
// An export is a single XML document, usually gzipped: the root element
// "disqus" holds categories, then threads, then posts. Files run from a few
// kilobytes to gigabytes, come from two generations of the exporter (with and
// without e-mail and IP addresses), and have passed through editors, proxies
// and shell scripts. [Reader] takes all of that in memory that does not grow
// with the file, and says by line and byte what it cannot take. [Writer] writes
// the same form.
//
// The package is a codec and holds no policy: whether a post is an orphan or a
// duplicate, which threads are one article, and what becomes of spam is decided
// by the importer that calls it. It uses the standard library only.
//
// Errors are those of package intake: a record that cannot be taken is lost, the
// file is not.
//
// # What is forgiven
//
// Bytes before the first "<" (a byte order mark, blank lines), any namespace
// prefix, blanks around values, missing and empty elements, unknown elements,
// an unescaped "&" and HTML entities (links are edited by hand), control
// characters that XML forbids (each becomes a space), characters written as a
// pair of surrogate references, zero bytes after the end.
//
// The tokenizer is that of package intake; tests and fuzzing hold it against
// encoding/xml as its twin.
package disqus
