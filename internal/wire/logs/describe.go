package logs

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

//go:embed zeek.yaml
var zeekYAML []byte

//go:embed eve.yaml
var eveYAML []byte

// description is what is known of one format: its logs, and its names for
// protocols. Columns of all its logs share one numbering.
type description struct {
	columns map[string]column
	logs    map[string]*logSpec
	keyed   []*logSpec // told by their columns
	ends    endColumns
	uid     column
	path    column // names the log in JSON
	service map[string]string
	book    *verbBook
}

// descriptionFile is a YAML file of this package.
type descriptionFile struct {
	About   string   `yaml:"about"`
	Sources []string `yaml:"sources"`
	// Path is the column that names the log in JSON, UID the one that names the
	// conversation.
	Path string      `yaml:"path"`
	UID  string      `yaml:"uid"`
	Ends endColumnsY `yaml:"ends"`
	// Services are this format's names of protocols; a name that is not listed
	// stands for itself, one that is listed as "" for nothing.
	Services map[string]string `yaml:"services"`
	Logs     []logY            `yaml:"logs"`
}

// endColumnsY names the columns of who talks to whom.
type endColumnsY struct {
	Time       string `yaml:"time"`
	Client     string `yaml:"client"`
	ClientPort string `yaml:"client_port"`
	Server     string `yaml:"server"`
	ServerPort string `yaml:"server_port"`
	ClientMAC  string `yaml:"client_mac"`
	ServerMAC  string `yaml:"server_mac"`
	Sender     string `yaml:"sender"`  // the true sender's address, where a log has it
	Forward    string `yaml:"forward"` // false: the server sent it
	Transport  string `yaml:"transport"`
	VLAN       string `yaml:"vlan"`
}

type endColumns struct {
	time, client, clientPort, server, serverPort, clientMAC, serverMAC, sender, forward, transport, vlan column
}

// logY is one log as its file describes it.
type logY struct {
	Names []string `yaml:"names"`
	// Keys are columns that tell this log where nothing names it; where several
	// logs fit the one with the most keys is taken.
	Keys []string `yaml:"keys"`
	// Skip says why the rows of a known log are not used.
	Skip string `yaml:"skip"`
	// Protocol is that of the rows; Carrier that of the conversation, where it
	// is another.
	Protocol  string       `yaml:"protocol"`
	Carrier   string       `yaml:"carrier"`
	Transport string       `yaml:"transport"`
	Ends      *endColumnsY `yaml:"ends"`
	// Lone rows are about single hosts: there are no two ends.
	Lone bool `yaml:"lone"`
	// Answered is when a row shows that the server answered. Without it a row of
	// a log without operations always does.
	Answered   conditionY   `yaml:"answered"`
	Talk       *talkY       `yaml:"talk"`
	Operations []operationY `yaml:"operations"`
	Facts      []factY      `yaml:"facts"`
	Anomaly    *anomalyY    `yaml:"anomaly"`
}

// talkY names the columns of a log of connections.
type talkY struct {
	Service     string     `yaml:"service"`
	PacketsUp   string     `yaml:"packets_up"`
	PacketsDown string     `yaml:"packets_down"`
	BytesUp     string     `yaml:"bytes_up"`
	BytesDown   string     `yaml:"bytes_down"`
	Lost        string     `yaml:"lost"`
	Start       string     `yaml:"start"`
	Duration    string     `yaml:"duration"`
	End         string     `yaml:"end"`
	Established conditionY `yaml:"established"`
}

// operationY says how a row is a message, where its condition holds.
type operationY struct {
	When     conditionY `yaml:"when"`
	Protocol string     `yaml:"protocol"`
	// Verb are templates: the first text that the protocol's verbs know is
	// taken, else the last text is the code of an unknown verb. Cut are endings
	// of it that say something else.
	Verb []string `yaml:"verb"`
	Cut  []string `yaml:"cut"`
	// Response is when the row is an answer, Both when it is a request with its
	// answer, Send when it asks for no answer.
	Response conditionY `yaml:"response"`
	Both     conditionY `yaml:"both"`
	Send     conditionY `yaml:"send"`
	Accepted conditionY `yaml:"accepted"`
	Refused  conditionY `yaml:"refused"`
	// Reverse rows were sent by the server.
	Reverse bool `yaml:"reverse"`
	// Times is the column that says how many such messages there were.
	Times string `yaml:"times"`
	// Pair is what request and answer have in common, beside the conversation.
	Pair string `yaml:"pair"`
	// Once is what rows of the same message have in common.
	Once string `yaml:"once"`
	// Detail rows tell more about messages that another log counts.
	Detail bool   `yaml:"detail"`
	Unit   string `yaml:"unit"`
	Object string `yaml:"object"`
	From   string `yaml:"from"`
	Count  string `yaml:"count"`
	Value  string `yaml:"value"`
}

// factY is a fact in a row.
type factY struct {
	When  conditionY  `yaml:"when"`
	About string      `yaml:"about"` // sender, receiver, client, server, host, each (of Hosts)
	IP    string      `yaml:"ip"`    // of the host
	MAC   string      `yaml:"mac"`
	Field plant.Field `yaml:"field"`
	Value string      `yaml:"value"`
	// Each makes a fact of every member of this column's list, put where Value
	// names that column; without Value the member is the value.
	Each string `yaml:"each"`
	// Inside leaves out what is about addresses of the world: of Each where it
	// is given, else of whom the fact is about.
	Inside bool    `yaml:"inside"`
	Source string  `yaml:"source"`
	Sure   float64 `yaml:"sure"`
}

// anomalyY says how a row is an anomaly.
type anomalyY struct {
	When     conditionY `yaml:"when"`
	Text     string     `yaml:"text"`
	Protocol string     `yaml:"protocol"` // column
}

// logSpec is a logY ready for use.
type logSpec struct {
	name       string
	skip       string
	keys       [][]column
	protocol   string
	carrier    string
	transport  plant.Transport
	ends       endColumns
	lone       bool
	answered   condition
	talk       *talkSpec
	operations []operationSpec
	facts      []factSpec
	anomaly    *anomalySpec
}

type talkSpec struct {
	service, packetsUp, packetsDown, bytesUp, bytesDown, lost, start, duration, end column
	established                                                                     condition
}

type operationSpec struct {
	when, response, both, send, accepted, refused condition
	verbs                                         *verbs
	verb                                          []template
	cut                                           []string
	pair, once, object, value, unit               template
	from, count                                   []column
	times                                         column
	detail, reverse                               bool
}

type factSpec struct {
	when    condition
	about   subject
	ip, mac column
	field   plant.Field
	value   template
	each    column
	inside  bool
	source  string
	sure    float64
}

type anomalySpec struct {
	when     condition
	text     template
	protocol column
}

// subject is whom a fact is about.
type subject uint8

const (
	aboutSender subject = iota
	aboutReceiver
	aboutClient
	aboutServer
	aboutHost
)

var subjects = map[string]subject{"": aboutSender, "sender": aboutSender, "receiver": aboutReceiver, "client": aboutClient, "server": aboutServer, "host": aboutHost}

// loadDescription reads a description strictly: a word it does not know is an
// error.
func loadDescription(data []byte, book *verbBook) (*description, error) {
	var file descriptionFile
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, err
	}
	d := &description{columns: map[string]column{}, logs: map[string]*logSpec{}, service: file.Services, book: book}
	d.path, d.uid = d.column(file.Path), d.column(file.UID)
	d.ends = d.endColumns(&file.Ends, noEnds)
	for i := range file.Logs {
		y := &file.Logs[i]
		if len(y.Names) == 0 {
			return nil, errors.New("a log without a name")
		}
		if err := d.addLog(y); err != nil {
			return nil, fmt.Errorf("log %s: %w", y.Names[0], err)
		}
	}
	return d, nil
}

// column is the number of a column, a new one when nothing asked for it before.
func (d *description) column(name string) column {
	if name == "" {
		return noColumn
	}
	c, ok := d.columns[name]
	if !ok {
		c = column(len(d.columns))
		d.columns[name] = c
	}
	return c
}

// find is the number of a column that some description asks for.
func (d *description) find(name []byte) column {
	if c, ok := d.columns[string(name)]; ok {
		return c
	}
	return noColumn
}

// spec is the log with that name, nil when there is none.
func (d *description) spec(name string) *logSpec { return d.logs[logName(name)] }

// logName makes the older names with hyphens and the newer ones equal.
func logName(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }

// endColumns are those of base with what y changes; "none" takes one away.
func (d *description) endColumns(y *endColumnsY, base endColumns) endColumns {
	e := base
	for _, x := range []struct {
		c    *column
		name string
	}{
		{&e.time, y.Time},
		{&e.client, y.Client},
		{&e.clientPort, y.ClientPort},
		{&e.server, y.Server},
		{&e.serverPort, y.ServerPort},
		{&e.clientMAC, y.ClientMAC},
		{&e.serverMAC, y.ServerMAC},
		{&e.sender, y.Sender},
		{&e.forward, y.Forward},
		{&e.transport, y.Transport},
		{&e.vlan, y.VLAN},
	} {
		switch x.name {
		case "":
		case "none":
			*x.c = noColumn
		default:
			*x.c = d.column(x.name)
		}
	}
	return e
}

// noEnds are columns of which no log says anything yet.
var noEnds = endColumns{noColumn, noColumn, noColumn, noColumn, noColumn, noColumn, noColumn, noColumn, noColumn, noColumn, noColumn}

func (d *description) addLog(y *logY) error {
	s := &logSpec{name: y.Names[0], skip: y.Skip, protocol: y.Protocol, carrier: y.Carrier, ends: d.ends, lone: y.Lone}
	if s.carrier == "" {
		s.carrier = s.protocol
	}
	if y.Ends != nil {
		s.ends = d.endColumns(y.Ends, d.ends)
	}
	var err error
	if s.transport, err = parseTransport(y.Transport); err != nil {
		return err
	}
	s.answered = d.condition(y.Answered)
	for _, k := range y.Keys {
		s.keys = append(s.keys, d.alternatives(k))
	}
	if y.Talk != nil {
		s.talk = d.talk(y.Talk)
	}
	if err := d.addRows(s, y); err != nil {
		return err
	}
	for _, n := range y.Names {
		if d.logs[logName(n)] != nil {
			return fmt.Errorf("%s is described twice", n)
		}
		d.logs[logName(n)] = s
	}
	if s.keys != nil {
		d.keyed = append(d.keyed, s)
	}
	return nil
}

// addRows makes what a row of the log tells.
func (d *description) addRows(s *logSpec, y *logY) error {
	for i := range y.Operations {
		o, err := d.operation(&y.Operations[i], y.Protocol)
		if err != nil {
			return err
		}
		s.operations = append(s.operations, o)
	}
	for i := range y.Facts {
		f, err := d.fact(&y.Facts[i])
		if err != nil {
			return err
		}
		s.facts = append(s.facts, f)
	}
	if y.Anomaly != nil {
		t, err := d.template(y.Anomaly.Text)
		if err != nil {
			return err
		}
		s.anomaly = &anomalySpec{when: d.condition(y.Anomaly.When), text: t, protocol: d.column(y.Anomaly.Protocol)}
	}
	return nil
}

func (d *description) talk(y *talkY) *talkSpec {
	return &talkSpec{
		service: d.column(y.Service), packetsUp: d.column(y.PacketsUp), packetsDown: d.column(y.PacketsDown),
		bytesUp: d.column(y.BytesUp), bytesDown: d.column(y.BytesDown), lost: d.column(y.Lost),
		start: d.column(y.Start), duration: d.column(y.Duration), end: d.column(y.End), established: d.condition(y.Established),
	}
}

func (d *description) operation(y *operationY, protocol string) (o operationSpec, err error) {
	if y.Protocol != "" {
		protocol = y.Protocol
	}
	if o.verbs = d.book.verbs(protocol); o.verbs == nil {
		return o, fmt.Errorf("protocol.yaml has no verbs of %q", protocol)
	}
	o.when, o.response, o.both, o.send = d.condition(y.When), d.condition(y.Response), d.condition(y.Both), d.condition(y.Send)
	o.accepted, o.refused = d.condition(y.Accepted), d.condition(y.Refused)
	o.cut, o.detail, o.reverse, o.times = y.Cut, y.Detail, y.Reverse, d.column(y.Times)
	o.from, o.count = d.alternatives(y.From), d.alternatives(y.Count)
	for _, s := range y.Verb {
		t, err := d.template(s)
		if err != nil {
			return o, err
		}
		o.verb = append(o.verb, t)
	}
	for _, x := range []struct {
		t *template
		s string
	}{{&o.pair, y.Pair}, {&o.once, y.Once}, {&o.object, y.Object}, {&o.value, y.Value}, {&o.unit, y.Unit}} {
		if *x.t, err = d.template(x.s); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (d *description) fact(y *factY) (f factSpec, err error) {
	about, ok := subjects[y.About]
	if !ok || y.Field == "" || y.Source == "" || y.Sure <= 0 || y.Sure > 1 {
		return f, fmt.Errorf("fact %q about %q: field, source, sure and a known subject are needed", y.Field, y.About)
	}
	f = factSpec{
		when: d.condition(y.When), about: about, ip: d.column(y.IP), mac: d.column(y.MAC),
		field: y.Field, each: d.column(y.Each), inside: y.Inside, source: y.Source, sure: y.Sure,
	}
	if y.Each == "" && y.Value == "" {
		return f, fmt.Errorf("fact %q has no value", y.Field)
	}
	f.value, err = d.template(y.Value)
	return f, err
}

func parseTransport(s string) (plant.Transport, error) {
	switch s {
	case "", "tcp":
		return plant.TCP, nil
	case "udp":
		return plant.UDP, nil
	case "eth":
		return plant.Ethernet, nil
	}
	return 0, fmt.Errorf("unknown transport %q", s)
}
