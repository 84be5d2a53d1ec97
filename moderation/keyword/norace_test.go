//go:build !race

package keyword_test

const slower = 1
