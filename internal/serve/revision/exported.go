package revision

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/symbolic"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Compared is what a configuration of a firewall means beside a revision.
type Compared struct {
	Rules      *policy.RuleSet
	Revision   int64
	Difference *symbolic.Difference // from the revision to the configuration
	Verdict    string               // equal, differs or unknown
	Findings   []string             // what is wrong with the rules by themselves
	Says       string
}

// Verdicts of a comparison.
const (
	Equal   = "equal"
	Differs = "differs"
	Unknown = "unknown"
)

func (d *Desk) brand(id string) (Brand, error) {
	i := slices.IndexFunc(d.o.Brands, func(b Brand) bool { return b.ID == id })
	if i >= 0 {
		return d.o.Brands[i], nil
	}
	var known []string
	for _, b := range d.o.Brands {
		known = append(known, b.ID)
	}
	if len(known) == 0 {
		return Brand{}, refuse(ErrAbsent, "This program knows no brand of firewall.")
	}
	return Brand{}, refuse(ErrAbsent, "There is no brand %q. There are: %s.", id, strings.Join(known, ", "))
}

// Export writes a revision as a firewall's configuration: the newest signed one
// for 0, and where there is none the newest. What the device cannot hold is
// refused. Of the options only what the device is like is read.
func (d *Desk) Export(ctx context.Context, site, brand string, n int64, o ExportOptions) (config []byte, file string, of int64, err error) {
	b, err := d.brand(brand)
	if err != nil {
		return nil, "", 0, err
	}
	if n == 0 {
		if r, err := d.store.SignedRevision(ctx, site); err == nil {
			n = r.N
		}
	}
	r, err := d.store.Revision(ctx, site, n)
	if err != nil {
		return nil, "", 0, found(err, "Site %s has no such revision: make one of the plant model.", site)
	}
	p, err := policy.Parse(r.Policy)
	if err != nil {
		return nil, "", 0, err
	}
	m, _ := model.Parse(r.Text, d.o.Now())
	o.Revision = itoa(r.N)
	config, err = Render(b, p, m, o, d.o.Now())
	return config, b.File, r.N, err
}

// Render writes a policy for a brand. The model it was made from gives reasons
// and the time zone; it may be nil.
func Render(b Brand, p *policy.Policy, m *model.Model, o ExportOptions, now time.Time) ([]byte, error) {
	o.Now, o.Reasons = now, map[string]string{}
	if m != nil {
		for i := range m.Conduits {
			o.Reasons[m.Conduits[i].ID] = m.Conduits[i].Reason
		}
		if where, err := time.LoadLocation(m.TimeZone); err == nil {
			o.Location = where
		}
	}
	config, err := b.Render(p, o)
	if err != nil {
		return nil, refuse(ErrConflict, "It cannot be exported for %s: %v.", b.Name, err)
	}
	return config, nil
}

// DeviceOptions are what a device is like: zone=name of its interfaces, its own
// addresses, and the one family that is meant, "" for both.
func DeviceOptions(interfaces, own []string, family string) (ExportOptions, error) {
	o := ExportOptions{Interfaces: map[string]string{}}
	for _, pair := range interfaces {
		zone, name, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return o, refuse(ErrInvalid, "An interface is given as zone=name: the zone's identifier and what the device calls the interface; without a zone it is where everything else is.")
		}
		o.Interfaces[zone] = name
	}
	for _, text := range own {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return o, refuse(ErrInvalid, "%q is no address of the device.", text)
		}
		o.Own = append(o.Own, a)
	}
	switch family {
	case "4", "6":
		o.Family = int(family[0] - '0')
	case "":
	default:
		return o, refuse(ErrInvalid, "A family is 4 or 6.")
	}
	return o, nil
}

// Import holds a firewall's configuration against a revision: the given one, for
// 0 the one in force, and where there is none the newest.
func (d *Desk) Import(ctx context.Context, site, brand string, config []byte, n int64) (*Compared, error) {
	b, err := d.brand(brand)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		r, err := d.Enforced(ctx, site)
		if err != nil {
			return nil, err
		}
		if r != nil {
			n = r.N
		}
	}
	r, err := d.store.Revision(ctx, site, n)
	if err != nil {
		return nil, found(err, "Site %s has no such revision to hold it against: make one of the plant model.", site)
	}
	x, err := d.revised(ctx, &r)
	if err != nil {
		return nil, err
	}
	return CompareConfig(b, config, x, d.o.Now())
}

// CompareConfig holds a configuration against a draft.
func CompareConfig(b Brand, config []byte, x *Draft, now time.Time) (*Compared, error) {
	rules, err := b.Parse(config)
	if err != nil {
		return nil, refuse(ErrInvalid, "This is no configuration of %s: %v.", b.Name, err)
	}
	c := &Compared{Rules: rules, Revision: x.Revision}
	after := symbolic.Source{Name: "the configuration", Rules: rules}
	if c.Difference, err = compare(source(x), after, x, now); err != nil {
		return nil, err
	}
	if c.Findings, err = faults(after, x, now); err != nil {
		return nil, err
	}
	name := source(x).Name
	switch {
	case c.Difference.Equal:
		c.Verdict, c.Says = Equal, "The configuration lets exactly the same packets through as "+name+"."
	case onlyUnknown(c.Difference):
		c.Verdict, c.Says = Unknown, "Nothing is known to differ from "+name+", but lines that were not understood may: it is not said to be equal."
	default:
		c.Verdict, c.Says = Differs, "The configuration does not let the same packets through as "+name+"."
	}
	return c, nil
}

// faults are what is wrong with rules by themselves.
func faults(s symbolic.Source, x *Draft, now time.Time) ([]string, error) {
	all, err := symbolic.Problems(s, symbolic.Options{Now: now, Names: x.Policy, Regions: maxRegions})
	if err != nil {
		return nil, refuse(ErrInvalid, "The rules cannot be looked at: %v.", err)
	}
	var says []string
	for i := range all {
		if len(says) < maxSentences {
			says = append(says, all[i].Says)
		}
	}
	return says, nil
}

// onlyUnknown reports whether all that differs is what was not understood.
func onlyUnknown(d *symbolic.Difference) bool {
	return d.Unknown && !slices.ContainsFunc(d.Regions, func(r symbolic.Region) bool { return r.Change != symbolic.Unknown })
}
