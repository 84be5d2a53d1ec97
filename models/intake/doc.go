// Package intake is what codecs share that read the files of other comment
// systems: the neutral records into which each turns what it finds, the two kinds
// of errors, the unpacking of gzip, and a tokenizer for XML. It holds no policy,
// and is called by the codecs (models/disqus, models/interchange) and by the
// importer in package moderation.
//
// # Two kinds of errors
//
// A [*RecordError] concerns one record: its date cannot be read, its text is too
// large, it has no id. The record is lost, the file is not: call Next again. Every
// other error ends the reading. A [*SyntaxError] says where the file stops being
// what it should be.
//
// # Why not encoding/xml
//
// encoding/xml holds a whole text in memory before it hands it over (one element
// of 256 MB made it take 1 GB), and it gives up the file at the first control
// character or broken byte, which exports do contain. [Scanner] hands text over
// piece by piece, cuts each value at its limit, and leaves the verdict to the
// record. It is also more than four times as fast (measured in models/disqus).
package intake
