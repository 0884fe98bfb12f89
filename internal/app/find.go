package app

import (
	"github.com/bulkhead-ot/bulkhead/internal/judge/detect"
	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// finder has everything judged that was learnt. Assets are made anew each time
// they are walked, which costs more than anything else in a large capture, so
// what the rules need of them is taken along when a report walks them first.
type finder struct {
	learned   *learned
	inventory *inventory.Builder
	captures  []plant.Capture
	knowledge detect.Knowledge

	detector *detect.Detector
	talked   bool // the detector knows the conversations
	acted    bool // and the operations
	result   []plant.Finding
	done     bool
}

// conversations walks who talked to whom. A report that shows the assets first
// lets the rules see them on the way.
func (f *finder) conversations(yield func(*plant.Conversation) bool) {
	if f.detector == nil || f.talked {
		f.learned.Conversations()(yield)
		return
	}
	f.talked = true
	on := true
	for c := range f.learned.Conversations() {
		f.detector.Conversation(c)
		on = on && yield(c)
	}
}

// operations walks what was asked of whom, in the same way after that.
func (f *finder) operations(yield func(*plant.Operation) bool) {
	if !f.talked || f.acted {
		f.learned.Operations()(yield)
		return
	}
	f.acted = true
	on := true
	for o := range f.learned.Operations() {
		f.detector.Operation(o)
		on = on && yield(o)
	}
}

// assets walks the inventory.
func (f *finder) assets(yield func(*plant.Asset) bool) {
	if f.detector != nil {
		f.inventory.AssetsInTurn()(yield)
		return
	}
	var traits []detect.Traits
	d := detect.New(f.knowledge, detect.Assets{Number: f.inventory.Number, At: f.inventory.At})
	for a := range f.inventory.AssetsInTurn() {
		traits = append(traits, detect.TraitsOf(a))
		d.Asset(a)
		if !yield(a) {
			return
		}
	}
	d.Know(traits)
	f.detector = d
}

// findings are what was found, worked out when they are first asked for.
func (f *finder) findings() []plant.Finding {
	if f.done {
		return f.result
	}
	if f.detector == nil {
		f.assets(func(*plant.Asset) bool { return true })
	}
	d := f.detector
	if !f.talked {
		f.conversations(func(*plant.Conversation) bool { return true })
	}
	if !f.acted {
		f.operations(func(*plant.Operation) bool { return true })
	}
	for x := range f.learned.Anomalies() {
		d.Anomaly(x)
	}
	for i := range f.captures {
		d.Capture(&f.captures[i])
	}
	f.result, f.done = d.Findings(), true
	return f.result
}
