package logs

type anomalyKey struct {
	source, destination uint32
	protocol, text      string
}

type anomaly struct {
	anomalyKey
	count uint64
	span  span
}

type anomalyTable struct {
	list  []anomaly
	index map[anomalyKey]uint32
	lost  uint64
}

const maxAnomalies = 4096

func newAnomalyTable() anomalyTable { return anomalyTable{index: map[anomalyKey]uint32{}} }

func (t *anomalyTable) add(k anomalyKey, s span) {
	i, ok := t.index[k]
	if !ok {
		if len(t.list) >= maxAnomalies {
			t.lost++
			return
		}
		i = uint32(len(t.list))
		t.list = append(t.list, anomaly{anomalyKey: k})
		t.index[k] = i
	}
	t.list[i].count++
	t.list[i].span.cover(s)
}
