// Package e2e holds the browser tests: the whole product in Chromium, with the
// news site on one origin and Postbag on another. It has no code of its own.
//
// # Integrations with Disqus
//
// TestIntegrations shows that what sites have today works when nothing but the
// shortname is changed. The shortname carries Postbag's host
// ("comments.example.com/news"), so that the address of embed.js that every
// integration builds for itself leads here. Both origins speak https, which many
// of them have built in.
//
//   - integrations/pages has a page in the style of each platform, written for
//     this suite: the variables it sets, how it loads the script, and what it does
//     later.
//   - integrations/packages has an application for each package of npm. The
//     packages are installed by npm ci in integrations, as package-lock.json has
//     them, bundled in memory and run as they are, with each version of React
//     that they support.
//   - integrations/watch.js runs before every script of a page. It keeps count of
//     the elements, listeners, timers, observers, streams and requests of
//     Postbag's scripts, which it tells from those of the page by the stack.
//
// Every case fails on a page error, on a request to another host, and when
// anything of Postbag is left after the page has taken the thread down, by
// DISQUS.reset({}) or by dropping the container without a word.
//
// For a new integration, add its page or its application, and a function that
// says what readers do there.
package e2e
