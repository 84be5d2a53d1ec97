// Package e2e holds the browser tests: the whole product in Chromium, with the
// news site on one origin and Postbag on another. It has no code of its own.
package e2e
