// Package rulefile reads and writes the rules of a site as a file that people
// edit, and reads word lists that other systems export.
//
// The file is YAML, of which JSON is a part; docs/rules.md describes it with
// examples. It says nothing that the JSON of a rule does not: Parse turns it
// into []models.Rule, and Format turns them back into a file that Parse reads
// to equal rules. The conditions of a kind have the same fields in both, but
// that times are written with their unit (per: 1m), a long list may be a block
// of lines, and all, any and at_least stand at the top of a combination.
//
// A file comes from outside, and a mistake in it must be found before it costs
// a comment. So Parse is strict, and tells everything that is wrong at once,
// each with its line, its column and what to write instead:
//
//   - It bounds size, depth, rules and fields before it builds anything, and
//     takes time linear in the size of the file.
//   - It refuses what YAML has and a rule file needs not, because it makes a
//     file mean something other than it seems to: anchors, aliases, tags,
//     merge keys, directives and further documents.
//   - It refuses fields it does not know, with the one that was probably meant.
//   - What the conditions mean is checked by package rules; its paths, such as
//     spec.terms[3], become lines.
//
// Package moderation applies the rules, cmd/postbag and package web read and
// write the files.
package rulefile
