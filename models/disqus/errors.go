package disqus

import "postbag/models/intake"

// The two kinds of errors are those of every codec.
type (
	RecordError = intake.RecordError
	SyntaxError = intake.SyntaxError
)
