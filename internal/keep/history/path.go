package history

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// segmentPath is where a segment is, below the archive's root: folders that
// other programs read as partitions (Hive's way), then the time it begins and
// the beginning of its hash, which makes a repeat meet its own file.
func segmentPath(kind plant.SegmentKind, s Spec, sum string) string {
	from := s.From.UTC()
	return fmt.Sprintf("site=%s/kind=%s/step=%s/day=%s/%s-%s.parquet",
		escape(s.Site), kind, s.Step, from.Format("2006-01-02"), from.Format("20060102T150405Z"), sum[:16])
}

// segmentName is what Sweep takes for a segment; it leaves everything else.
var segmentName = regexp.MustCompile(`^site=[A-Za-z0-9_%-][A-Za-z0-9._%-]*/kind=[a-z]+/step=[a-z]+/day=\d{4}-\d\d-\d\d/\d{8}T\d{6}Z-[0-9a-f]{16}\.parquet$`)

// escape writes a site as part of a path, everything but letters, digits, dot,
// dash and underscore as %XX. A leading dot would hide the folder, and two would leave it.
func escape(site string) string {
	var b strings.Builder
	for i := range len(site) {
		c := site[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' && i > 0 && site[i-1] != '.'
		if plain {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
