package enforce

import (
	"fmt"
	"slices"
	"strings"
)

// Feature is something that a kernel has or lacks.
type Feature string

// Features that are probed, each by trying it.
const (
	FeatureNamespaces   Feature = "network-namespaces"
	FeatureInet         Feature = "inet-tables"
	FeatureConcat       Feature = "concatenated-intervals"
	FeatureTimeout      Feature = "set-timeouts"
	FeatureCounter      Feature = "set-counters"
	FeatureConntrack    Feature = "conntrack"
	FeatureConntrackNL  Feature = "conntrack-netlink"
	FeatureReject       Feature = "reject"
	FeatureTProxy4      Feature = "tproxy-ipv4"
	FeatureTProxy6      Feature = "tproxy-ipv6"
	FeatureSocket       Feature = "socket-match"
	FeatureLog          Feature = "nflog"
	FeatureBridge       Feature = "bridge-tables"
	FeatureBridgeDevice Feature = "bridge-device"
	FeatureBridgeCT     Feature = "bridge-conntrack"
	FeatureBridgeReject Feature = "bridge-reject"
	FeatureBrNetfilter  Feature = "br_netfilter"
	FeatureDynamic      Feature = "dynamic-sets"
)

// Caps are what a kernel can do, found by trying it.
type Caps struct {
	Has    map[Feature]bool   `json:"has"`
	Why    map[Feature]string `json:"why,omitempty"` // what was said by the kernel that lacks it
	Kernel string             `json:"kernel"`        // its release
}

// Missing are those of list that the kernel lacks.
func (c Caps) Missing(list ...Feature) []Feature {
	var all []Feature
	for _, f := range list {
		if !c.Has[f] {
			all = append(all, f)
		}
	}
	return all
}

// Needs are the features without which a mode cannot be. A bridge needs one of
// three sets, so that of the tracking asked for counts; "" is stateless, which
// is the least.
func Needs(m Mode, t Tracking) []Feature {
	all := []Feature{FeatureConcat, FeatureTimeout, FeatureCounter, FeatureLog}
	switch {
	case m != Bridge:
		return append(all, FeatureInet, FeatureConntrack, FeatureConntrackNL, FeatureReject)
	case t == Native:
		return append(all, FeatureBridge, FeatureBridgeDevice, FeatureBridgeCT, FeatureConntrackNL)
	case t == BrNetfilter:
		return append(all, FeatureInet, FeatureConntrack, FeatureConntrackNL, FeatureBridge, FeatureBridgeDevice, FeatureBrNetfilter)
	}
	return append(all, FeatureBridge, FeatureBridgeDevice, FeatureDynamic)
}

// Best is the best tracking that a bridge can have.
func (c Caps) Best() Tracking {
	for _, t := range []Tracking{Native, BrNetfilter} {
		if len(c.Missing(Needs(Bridge, t)...)) == 0 {
			return t
		}
	}
	return Stateless
}

// check says what a kernel lacks for a configuration.
func (c Caps) check(cfg Config) error {
	need := Needs(cfg.Mode, cfg.Tracking)
	if len(cfg.Relay) > 0 {
		need = append(need, FeatureTProxy4, FeatureTProxy6, FeatureSocket)
	}
	missing := c.Missing(need...)
	if len(missing) == 0 {
		return nil
	}
	var names []string
	for _, f := range missing {
		names = append(names, string(f))
	}
	slices.Sort(names)
	return fmt.Errorf("%w: %s needs %s", ErrMissing, cfg.Mode, strings.Join(names, ", "))
}
