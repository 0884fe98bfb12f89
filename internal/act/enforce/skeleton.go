//go:build linux

package enforce

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
)

// Marks on connections (ct mark).
const (
	markGranted = 0x42480011 // a grant let it through, and nothing else would have
	markRelayed = 0x42480012 // a relay has it
)

// Answers to datagrams are known for answerTime after the last question, where
// the kernel does not track connections; at most maxAnswers of each version.
const (
	answerTime = 60 * time.Second
	maxAnswers = 65536
)

// skeleton is the tables, chains, sets and rules of a wall: everything but the
// contents of sets. The same configuration has the same skeleton.
type skeleton struct {
	tables []*nftables.Table
	chains []*nftables.Chain
	sets   []*nftables.Set
	// fixed are the elements of constant sets, by set.
	fixed map[*nftables.Set][]nftables.SetElement
	rules []rule
}

type rule struct {
	chain *nftables.Chain
	code  code
}

// main is the table that judges; its sets hold the policy.
func (s *skeleton) main() *nftables.Table { return s.tables[0] }

// set is a set of the main table, or of the other one if only that has it.
func (s *skeleton) set(name string) *nftables.Set {
	i := slices.IndexFunc(s.sets, func(x *nftables.Set) bool { return x.Name == name })
	if i < 0 {
		return nil
	}
	return s.sets[i]
}

// builder adds to one table of a skeleton.
type builder struct {
	*skeleton
	table  *nftables.Table
	family nftables.TableFamily
	group  uint16
	// tracked is whether the kernel knows connections here.
	tracked bool
	cfg     Config
}

// build makes the skeleton of a configuration whose defaults are filled in.
func build(cfg Config) *skeleton {
	s := &skeleton{fixed: map[*nftables.Set][]nftables.SetElement{}}
	b := &builder{skeleton: s, group: cfg.Group, cfg: cfg, family: nftables.TableFamilyINet, tracked: true}
	if cfg.Mode == Bridge && cfg.Tracking != BrNetfilter {
		b.family, b.tracked = nftables.TableFamilyBridge, cfg.Tracking == Native
	}
	b.newTable()
	b.addSets()
	b.addChains()
	b.addForward()
	b.addContained()
	b.addJudge()
	b.addStaged()
	b.addDenied()
	if len(cfg.Relay) > 0 {
		b.addRelay()
	}
	b.addWatch()
	if cfg.Mode == Bridge && cfg.Tracking == BrNetfilter {
		l2 := &builder{skeleton: s, group: cfg.Group, cfg: cfg, family: nftables.TableFamilyBridge}
		l2.newTable()
		l2.addFrames()
	}
	return s
}

func (b *builder) newTable() {
	b.table = &nftables.Table{Name: b.cfg.Table, Family: b.family}
	b.tables = append(b.tables, b.table)
}

// chain adds a chain that others go to; base one that a hook calls.
func (b *builder) chain(name string) *nftables.Chain {
	c := &nftables.Chain{Name: name, Table: b.table}
	b.chains = append(b.chains, c)
	return c
}

func (b *builder) base(name string, hook *nftables.ChainHook, priority nftables.ChainPriority, policy nftables.ChainPolicy) *nftables.Chain {
	c := b.chain(name)
	c.Type, c.Hooknum, c.Priority, c.Policy = nftables.ChainTypeFilter, hook, &priority, &policy
	return c
}

// priority is where the wall stands among the chains of its hook: where filters
// do. In the bridge family that is -200, and it matters: br_netfilter has 0, and
// a chain of that number too is passed by when the bridge came after it.
func (b *builder) priority() nftables.ChainPriority {
	if b.family == nftables.TableFamilyBridge {
		return -200
	}
	return 0
}

// rule adds a rule to a chain of the builder's table.
func (b *builder) rule(chain string, parts ...code) {
	i := slices.IndexFunc(b.chains, func(c *nftables.Chain) bool { return c.Name == chain && c.Table == b.table })
	b.rules = append(b.rules, rule{b.chains[i], join(parts...)})
}

// Types of keys.
var (
	typeZonePair  = nftables.MustConcatSetType(nftables.TypeMark, nftables.TypeMark)
	typeConduit   = nftables.MustConcatSetType(nftables.TypeMark, nftables.TypeMark, nftables.TypeInetProto, nftables.TypeInetService)
	typeAddr      = map[string]nftables.SetDatatype{"4": nftables.TypeIPAddr, "6": nftables.TypeIP6Addr}
	typeVerdict   = nftables.TypeVerdict
	typeTupleFrom = func(suffix string) nftables.SetDatatype {
		a := typeAddr[suffix]
		return nftables.MustConcatSetType(a, a, nftables.TypeInetProto, nftables.TypeInetService)
	}
	typeAnswerFrom = func(suffix string) nftables.SetDatatype {
		a := typeAddr[suffix]
		return nftables.MustConcatSetType(a, a, nftables.TypeInetService, nftables.TypeInetService)
	}
)

// addSet adds a set whose variable parts are given by with. Numbers of zones are
// marks: the kernel keeps them in its own byte order.
func (b *builder) addSet(name string, key nftables.SetDatatype, with func(*nftables.Set)) *nftables.Set {
	s := &nftables.Set{Table: b.table, Name: name, KeyType: key, KeyByteOrder: binaryutil.BigEndian}
	if key.Name == nftables.TypeMark.Name {
		s.KeyByteOrder = binaryutil.NativeEndian // so that nft writes it the same way
	}
	s.Concatenation = len(nftables.ConcatSetTypeElements(key)) > 1
	if with != nil {
		with(s)
	}
	b.sets = append(b.sets, s)
	return s
}

func timed(s *nftables.Set) { s.HasTimeout = true }

func counted(s *nftables.Set) { s.Counter = true }

func interval(s *nftables.Set) { s.Interval = true }

func leads(s *nftables.Set) { s.IsMap, s.DataType = true, typeVerdict }

func all(list ...func(*nftables.Set)) func(*nftables.Set) {
	return func(s *nftables.Set) {
		for _, f := range list {
			f(s)
		}
	}
}

func (b *builder) addSets() {
	zoneMap := all(interval, func(s *nftables.Set) { s.IsMap, s.DataType = true, nftables.TypeMark })
	b.addSet("zones4", nftables.TypeIPAddr, zoneMap)
	b.addSet("zones6", nftables.TypeIP6Addr, zoneMap)
	b.addSet("names", nftables.TypeMark, nil)
	b.addSet("words", nftables.TypeMark, nil)
	b.addSet("conduits", typeConduit, all(timed, counted))
	b.addSet("ranges", typeConduit, all(interval, timed, counted))
	b.addSet("relayed", typeConduit, all(timed, counted, leads))
	b.addSet("pairs", typeZonePair, leads)
	b.addSet("rest", nftables.TypeMark, leads)
	b.addSet("contained", nftables.TypeMark, nil)
	b.addSet("cutpairs", typeZonePair, timed)
	b.addSet("cutconduits", typeConduit, all(interval, timed))
	for _, v := range versions {
		b.addSet("grants"+v.suffix, typeTupleFrom(v.suffix), timed)
		b.addSet("stopped"+v.suffix, typeAddr[v.suffix], timed)
		b.addSet("watch"+v.suffix, typeTupleFrom(v.suffix), counted)
	}
	b.constant("ported", nftables.TypeInetProto, 6, 17)
	// RFC 792: unreachable, time exceeded, parameter problem. RFC 4443: the
	// errors. RFC 4861, 2710 and 3810: neighbour and listener discovery.
	b.constant("errors4", nftables.TypeICMPType, 3, 11, 12)
	b.constant("errors6", nftables.TypeICMP6Type, 1, 2, 3, 4)
	b.constant("neighbour", nftables.TypeICMP6Type, 133, 134, 135, 136, 137)
	b.constant("listener", nftables.TypeICMP6Type, 130, 131, 132, 143)
	if b.tracked {
		return
	}
	b.addSet("back", typeZonePair, leads)
	b.addSet("backrest", nftables.TypeMark, leads)
	for _, v := range versions {
		b.addSet("answers"+v.suffix, typeAnswerFrom(v.suffix), all(timed, func(s *nftables.Set) {
			s.Dynamic, s.Timeout, s.Size = true, answerTime, maxAnswers
		}))
	}
}

// constant adds a set of single bytes that never changes.
func (b *builder) constant(name string, key nftables.SetDatatype, values ...byte) {
	s := b.addSet(name, key, func(s *nftables.Set) { s.Constant = true })
	for _, v := range values {
		b.fixed[s] = append(b.fixed[s], nftables.SetElement{Key: []byte{v}})
	}
}

func (b *builder) addChains() {
	b.base("forward", nftables.ChainHookForward, b.priority(), nftables.ChainPolicyDrop)
	names := []string{
		"contained", "cut", "stop", "grants", "granted", "judge", "services", "staged", "pass", "shadow",
		"grantnew", "letin", "refuse", "silence",
	}
	if !b.tracked {
		names = append(names, "answers", "loose")
	}
	for _, n := range names {
		b.chain(n)
	}
	if b.family == nftables.TableFamilyBridge {
		b.frameChains()
	}
	if len(b.cfg.Relay) > 0 {
		b.relayChains()
	}
}

// relayChain is the chain that hands a connection to a protocol's relay.
func relayChain(protocol string) string { return fmt.Sprintf("relay-%s", protocol) }
