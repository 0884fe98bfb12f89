package report

import "io"

// HTML writes one self-contained page.
func HTML(w io.Writer, s *Source) error { return nil }

// CSV writes tables into a folder.
func CSV(dir string, s *Source) error { return nil }
