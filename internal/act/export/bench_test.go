package export

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// site is a policy of 40 zones, each with a number of ranges of each family, and
// 1,000 conduits.
func site(ranges int) *policy.Policy {
	p := &policy.Policy{Site: "works", Rest: model.StageEnforce, Zones: []policy.Zone{{}}}
	for i := range 40 {
		z := policy.Zone{ID: fmt.Sprint("zone-", i), Kind: model.ZoneCell}
		for k := range ranges {
			z.Ranges = append(z.Ranges, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i), byte(k * 2), 0}), 24), netip.PrefixFrom(netip.AddrFrom16([16]byte{0xfd, 0, 0, byte(i), 0, byte(k)}), 64))
		}
		p.Zones = append(p.Zones, z)
	}
	for i := range 1000 {
		p.Conduits = append(p.Conduits, policy.Conduit{ID: fmt.Sprintf("c-%04d", i), From: 1 + i%40, To: 1 + (i%40+1+i/40)%40, Matches: []policy.Match{{Proto: policy.TCP, First: uint16(1000 + i), Last: uint16(1000 + i)}}})
	}
	p.Normalize()
	return p
}

func BenchmarkSite(b *testing.B) {
	p := site(2)
	for _, brand := range Brands() {
		text, err := brand.Render(p, device.Options{Interfaces: map[string]string{"": "outside"}})
		if err != nil {
			b.Errorf("%s: %v", brand.ID, err)
			continue
		}
		b.Run(brand.ID+"/write", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := brand.Render(p, device.Options{Interfaces: map[string]string{"": "outside"}}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(brand.ID+"/read", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := brand.Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
