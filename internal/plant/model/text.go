package model

import (
	"strconv"
	"strings"
)

// number is a number as people write it.
func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// String is the member as the document writes it, without brackets.
func (e Member) String() string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+" "+value)
		}
	}
	add("asset", e.Asset)
	if !e.MAC.IsZero() {
		add("mac", e.MAC.String())
	}
	if e.Subnet.IsValid() {
		add("subnet", e.Subnet.String())
	}
	if e.VLAN != 0 {
		add("vlan", strconv.Itoa(int(e.VLAN)))
	}
	add("name", e.Name)
	add("role", e.Role)
	add("line", e.Line)
	add("cell", e.Cell)
	return strings.Join(parts, ", ")
}

// String is what a service is, in words: "opcua (read, auth)", "tcp 443".
func (s Service) String() string {
	if s.Any {
		return "everything"
	}
	var parts []string
	if s.Protocol != "" {
		parts = append(parts, s.Protocol)
	}
	if s.Transport != "" {
		parts = append(parts, s.Transport)
	}
	if len(s.Port) > 0 {
		parts = append(parts, s.Port.String())
	}
	out := strings.Join(parts, " ")
	if len(s.Verbs) > 0 {
		out += " (" + strings.Join(s.Verbs, ", ") + ")"
	}
	if len(s.Objects) > 0 {
		out += " of " + strings.Join(s.Objects, ", ")
	}
	return out
}
