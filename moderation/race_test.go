//go:build race

package moderation_test

// raceDetector says that everything takes ten times as long.
const raceDetector = true
