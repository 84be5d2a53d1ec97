//go:build race

package keyword_test

// slower is how much longer the race detector lets things take.
const slower = 20
