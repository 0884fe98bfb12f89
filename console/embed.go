// Package console holds the web console's files for the program that serves
// them. It serves nothing itself.
//
// The console is written in Svelte and TypeScript and built with Node into
// dist (make console). A program built with the tag "console" carries dist; one
// built without carries a page that says so, so that go build never needs Node.
package console

import "io/fs"

// Files is the console as a read-only tree with index.html at its root. Names
// below assets/ have the hash of their content in them and never change; every
// path that is no file is a page of the console and is answered with
// index.html.
func Files() fs.FS { return files }

// Built reports whether the program carries the console, or only the page that
// says that it does not.
func Built() bool { return built }
