package propose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Propose drafts a boundary. An error is a proposal that contradicts itself,
// which is a fault of this package.
func Propose(in *Input) (*Proposal, error) {
	d := &draft{in: in, present: &model.Model{Site: in.Site}}
	if in.Text != "" {
		m, problems := model.Parse(in.Text, in.Now)
		if m == nil {
			d.note("The plant model that is there cannot be read (%s), so nothing of it is kept.", problems[0].String())
		} else {
			d.present, d.kept = m, true
		}
	}
	d.survey()
	d.zone()
	if err := d.place(); err != nil {
		return nil, err
	}
	d.listen()
	d.connect()
	if err := d.write(); err != nil {
		return nil, err
	}
	d.remark()
	return d.result(), nil
}

// draft is a proposal in the making.
type draft struct {
	in      *Input
	present *model.Model // that holds, or an empty one
	kept    bool         // it is not empty
	text    string
	model   *model.Model // of text

	nodes    []*node
	byID     map[string]*node
	networks []*network
	zones    []*zone
	byZone   map[string]*zone
	added    []added // members for zones that are there
	pairs    map[pair]*traffic
	conduits []*Conduit
	wrong    map[wrongKey]*Wrong
	nowhere  int // conversations with an end that stands in no zone
	notes    []string
}

type pair struct{ from, to string }

// added are members for a zone of the model that is there.
type added struct {
	zone    string
	members []model.Member
}

// zone is a zone in the making.
type zone struct {
	Zone
	// group is the same for zones of one line: what goes between them stays
	// within the line.
	group string
	nodes []*node
}

func (d *draft) note(format string, a ...any) { d.notes = append(d.notes, fmt.Sprintf(format, a...)) }

func (d *draft) result() *Proposal {
	p := &Proposal{Notes: d.notes, Text: d.text, Model: d.model}
	for _, z := range d.zones {
		p.Zones = append(p.Zones, z.Zone)
	}
	for _, c := range d.conduits {
		p.Conduits = append(p.Conduits, *c)
	}
	p.Wrong = d.wrongs()
	return p
}

// called is what people call a zone.
func (d *draft) called(id string) string {
	if z := d.byZone[id]; z != nil && z.Name != "" {
		return z.Name
	}
	if id == "" {
		return "no zone"
	}
	return id
}

// few names some of a list: "A, B and 3 more".
func few(names []string, most int) string {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
