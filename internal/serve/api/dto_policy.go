package api

import "time"

// PolicyState is how the boundary of a site stands.
type PolicyState struct {
	Site      string          `json:"site"`
	Version   int64           `json:"version" doc:"Of the plant model; 0 for none."`
	Stage     string          `json:"stage" enum:"observe,shadow,enforce-new,enforce" doc:"How far the boundary goes between zones that no conduit joins, by the plant model."`
	Newest    *RevisionHead   `json:"newest" doc:"The newest revision; null while there is none."`
	Enforced  *PolicyEnforced `json:"enforced" doc:"The revision that the enforcer holds; null while it holds none or does not answer."`
	Draft     bool            `json:"draft" doc:"The newest revision is not signed: it waits for approvals."`
	Edited    bool            `json:"edited" doc:"The plant model would make another policy than the newest revision is: an edit makes no revision by itself."`
	Changes   []string        `json:"changes" doc:"In which the plant model differs from the newest revision, as sentences."`
	Enforcers []Enforcer      `json:"enforcers"`
	Pending   *PolicyPending  `json:"pending" doc:"What was applied and is not confirmed yet; null for nothing."`
	Notes     []PolicyNote    `json:"notes" doc:"What of the plant model cannot be said as a policy, or only in part."`
}

// PolicyHead is how far a site's policy is: the state of the topic policy.
type PolicyHead struct {
	Site    string        `json:"site"`
	Newest  *RevisionHead `json:"newest" doc:"Null while there is none."`
	Applied string        `json:"applied" enum:"none,pending,confirmed,rolled-back,failed" doc:"How it went with what was applied last."`
}

// RevisionHead names a revision.
type RevisionHead struct {
	N      int64      `json:"n"`
	Hash   string     `json:"hash" doc:"SHA-256 of the policy, hexadecimal."`
	At     *time.Time `json:"at"`
	Author string     `json:"author"`
	Signed bool       `json:"signed"`
}

// PolicyEnforced is the revision that an enforcer holds.
type PolicyEnforced struct {
	N       int64      `json:"n" doc:"0 for a policy that is none of this site's revisions."`
	Hash    string     `json:"hash"`
	At      *time.Time `json:"at" doc:"Since when."`
	By      string     `json:"by" doc:"Who applied it."`
	Pending bool       `json:"pending" doc:"It is not confirmed yet and goes back by itself."`
}

// Enforcer is something that holds a policy.
type Enforcer struct {
	ID       string     `json:"id"`
	Mode     string     `json:"mode" doc:"How it stands in the network: router, proxy-arp, bridge." example:"proxy-arp"`
	OK       bool       `json:"ok" doc:"It answers, and holds what it was told to."`
	Says     string     `json:"says" doc:"How it is, as a sentence; what to do where it is not well."`
	LastSeen *time.Time `json:"last_seen" doc:"When it answered last; null for not since the hub was started."`
	Since    *time.Time `json:"since" doc:"Since when it does not answer; null while it does."`
}

// PolicyNote is something of the plant model that cannot be said as a policy, or
// only in part.
type PolicyNote struct {
	Conduit string `json:"conduit" doc:"Empty where it is about none."`
	Service string `json:"service" doc:"The service of the conduit, in words; empty for all of it."`
	Kind    string `json:"kind" example:"ports-only"`
	Text    string `json:"text"`
}

// PolicyPending is a policy that goes back by itself unless it is confirmed.
type PolicyPending struct {
	N         int64          `json:"n"`
	Hash      string         `json:"hash"`
	By        string         `json:"by"`
	At        *time.Time     `json:"at" doc:"When it was applied."`
	Until     *time.Time     `json:"until" doc:"When it goes back."`
	Confirmed bool           `json:"confirmed" doc:"Somebody confirmed it; it holds once all critical conversations were seen."`
	Forced    bool           `json:"forced"`
	Reason    string         `json:"reason"`
	Seen      []CriticalSeen `json:"seen" doc:"The conversations that must be seen again before it holds."`
}

// CriticalSeen is a conversation that a line lives on, and whether it was seen
// since a policy was applied.
type CriticalSeen struct {
	Client string     `json:"client" doc:"Address."`
	Server string     `json:"server" doc:"Address."`
	Proto  uint8      `json:"proto" doc:"Number of the IP protocol: 6 is TCP, 17 UDP."`
	Port   uint16     `json:"port"`
	Period float64    `json:"period" doc:"How often it comes, in seconds."`
	Line   string     `json:"line" doc:"That lives on it; empty if none is known."`
	Says   string     `json:"says" example:"SCADA server polls Filler by modbus"`
	Last   *time.Time `json:"last" doc:"When it was seen last since then; null for not yet."`
	OK     bool       `json:"ok" doc:"It was seen, within its period."`
}

// PolicyApplied is the newest thing that was applied, and how it went.
type PolicyApplied struct {
	State     string         `json:"state" enum:"none,pending,confirmed,rolled-back,failed"`
	N         int64          `json:"n" doc:"The revision; 0 for none."`
	Hash      string         `json:"hash"`
	By        string         `json:"by"`
	At        *time.Time     `json:"at"`
	Until     *time.Time     `json:"until" doc:"When it goes back by itself, while it is pending."`
	Confirmed bool           `json:"confirmed" doc:"While it is pending: somebody has confirmed it."`
	Ended     *time.Time     `json:"ended" doc:"When it was confirmed or went back."`
	EndedBy   string         `json:"ended_by" doc:"Who confirmed or took it back; the guard, where it went back by itself."`
	Forced    bool           `json:"forced"`
	Reason    string         `json:"reason"`
	Says      string         `json:"says" doc:"How it went, as a sentence."`
	Seen      []CriticalSeen `json:"seen"`
	Now       time.Time      `json:"now" doc:"The hub's clock, for a countdown."`
}

// PolicyProposal is zones and conduits made from what was seen.
type PolicyProposal struct {
	Site     string            `json:"site"`
	Version  int64             `json:"version" doc:"Of the plant model that it adds to; 0 for none."`
	Zones    []ProposedZone    `json:"zones"`
	Conduits []ProposedConduit `json:"conduits"`
	Wrong    []LooksWrong      `json:"wrong" doc:"What looks wrong and is proposed by no conduit."`
	Changes  []ModelChange     `json:"changes" doc:"Against the newest plant model."`
	Notes    []string          `json:"notes" doc:"What a person has to decide."`
	Text     string            `json:"text" doc:"The plant.yaml that would result; it is not saved."`
}

// ProposedZone is a zone with why it should be one.
type ProposedZone struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Kind    string     `json:"kind" enum:"enterprise,dmz,operations,cell,safety,vendor,wireless,internet"`
	Level   *float64   `json:"level"`
	Members []string   `json:"members" doc:"In words: subnet 10.20.2.0/24."`
	Assets  []AssetRef `json:"assets" doc:"That would stand in it, 200 at most."`
	Total   int64      `json:"total" doc:"How many assets would stand in it."`
	Why     string     `json:"why"`
	Kept    bool       `json:"kept" doc:"The plant model has it already."`
}

// ProposedConduit is a conduit with what it rests on.
type ProposedConduit struct {
	ID            string     `json:"id"`
	Name          string     `json:"name"`
	From          string     `json:"from"`
	To            string     `json:"to"`
	Allow         []string   `json:"allow" doc:"In words: opcua (read, auth)."`
	Reason        string     `json:"reason"`
	Conversations int64      `json:"conversations" doc:"Recorded, that it is for."`
	Clients       int64      `json:"clients" doc:"Assets that ask."`
	Servers       int64      `json:"servers" doc:"Assets that answer."`
	Last          *time.Time `json:"last"`
	Forbids       []string   `json:"forbids" doc:"What would be stopped between the two zones, a sentence each."`
	Open          []string   `json:"open" doc:"What stands open by it, a sentence each."`
	Link          string     `json:"link" doc:"The console's page with the conversations."`
	Kept          bool       `json:"kept" doc:"The plant model has it already."`
}

// LooksWrong is something that was seen and that no conduit should allow before
// somebody has looked at it.
type LooksWrong struct {
	Rule          string     `json:"rule" example:"control"`
	Client        AssetRef   `json:"client"`
	Server        AssetRef   `json:"server"`
	FromZone      string     `json:"from_zone"`
	ToZone        string     `json:"to_zone"`
	Protocol      string     `json:"protocol"`
	Transport     string     `json:"transport" enum:"eth,tcp,udp,ip"`
	Port          uint16     `json:"port"`
	Kinds         []string   `json:"kinds"`
	Conversations int64      `json:"conversations"`
	Count         uint64     `json:"count" doc:"Connections."`
	First         *time.Time `json:"first"`
	Last          *time.Time `json:"last"`
	Why           string     `json:"why"`
	Link          string     `json:"link" doc:"The console's page that shows it."`
}

// SimulateRequest says which policy is tried.
type SimulateRequest struct {
	Text     string `json:"text,omitempty" maxLength:"2097152" doc:"A plant.yaml. Without text and revision the newest plant model is tried."`
	Revision int64  `json:"revision,omitempty" minimum:"0" doc:"A revision in place of a text."`
}

// Simulation is what a policy would have done to what was recorded, and how it
// differs from what is enforced.
type Simulation struct {
	Revision    int64              `json:"revision" doc:"That was tried; 0 for a text."`
	Hash        string             `json:"hash" doc:"Of the policy that was tried."`
	Problems    []ModelProblem     `json:"problems" doc:"Errors and warnings of the text; nothing was tried while there are errors."`
	Coverage    LearningCoverage   `json:"coverage"`
	From        *time.Time         `json:"from" doc:"Of what was replayed."`
	To          *time.Time         `json:"to"`
	Total       int64              `json:"total" doc:"Recorded conversations."`
	Passes      int64              `json:"passes" doc:"Of them that would pass: allowed by a conduit, or within one zone."`
	Inspected   int64              `json:"inspected" doc:"Of those that pass, through a relay that reads the messages."`
	Local       int64              `json:"local" doc:"That never leave their own segment and so meet no boundary."`
	Blocked     []Blocked          `json:"blocked" doc:"That would be stopped, in kinds, the worst first; 500 at most."`
	Attempts    []Blocked          `json:"attempts" doc:"That would be stopped and that nobody answered: nothing is lost without them."`
	Frames      []Blocked          `json:"frames" doc:"Without an IP header between machines of two zones: a bridge stops them unless the plant model names them, a router never passes them."`
	Unjudged    int64              `json:"unjudged" doc:"Conversations through a relay that also looks at objects, which a conversation does not tell."`
	Refused     []Blocked          `json:"refused" doc:"That would pass, and of which a relay would refuse some operations."`
	Beyond      []Blocked          `json:"beyond" doc:"Whose conduit means less than it can be held to: they ask for more than its verbs, and the port is open."`
	Aside       []Blocked          `json:"aside" doc:"Names, time and announcements that no conduit names."`
	Open        int64              `json:"open" doc:"Kinds among blocked and refused that nobody has answered."`
	Approximate bool               `json:"approximate" doc:"There was too much to keep every kind by itself."`
	Lines       []LineStop         `json:"lines" doc:"Lines that would miss something, the costliest first."`
	Enforced    int64              `json:"enforced" doc:"The revision that difference is against; 0 if nothing is enforced: then everything passes now."`
	Difference  []PolicyDifference `json:"difference" doc:"To what is enforced, packets that nobody has sent yet included; 200 at most."`
	ReadBack    []PolicyDifference `json:"read_back" doc:"Of what was read back from the enforcer to the policy that was tried."`
	ReadBackAt  *time.Time         `json:"read_back_at" doc:"Null where nothing was read back."`
	Shadow      []ShadowDenial     `json:"shadow" doc:"What the enforcer reports it stopped or would have stopped."`
	Notes       []PolicyNote       `json:"notes"`
	Unmatched   []string           `json:"unmatched" doc:"What the figures leave out, as sentences."`
	Took        float64            `json:"took" doc:"Seconds."`
}

// LearningCoverage is how much of the plant's life was recorded, in what a plant
// counts by.
type LearningCoverage struct {
	Enough      bool        `json:"enough" doc:"To enforce."`
	Says        string      `json:"says" example:"18 of 21 shifts of a week: 3 night shifts missing, 1 month-end, 0 changeovers"`
	Missing     []string    `json:"missing" doc:"What was not seen yet, as sentences."`
	From        *time.Time  `json:"from"`
	To          *time.Time  `json:"to"`
	Watched     float64     `json:"watched" doc:"Hours."`
	LongestGap  float64     `json:"longest_gap" doc:"Hours."`
	Shifts      int64       `json:"shifts" doc:"Of a week, that were seen."`
	ShiftsOf    int64       `json:"shifts_of"`
	Assumed     bool        `json:"assumed" doc:"Nobody wrote down shifts: three of eight hours are assumed."`
	Weeks       int64       `json:"weeks" doc:"Whole ones."`
	Weekends    int64       `json:"weekends"`
	MonthEnds   int64       `json:"month_ends"`
	Changeovers int64       `json:"changeovers"`
	Windows     int64       `json:"windows" doc:"Maintenance windows."`
	WeeklyJobs  int64       `json:"weekly_jobs" doc:"Conversations that come once a week, and came twice."`
	Slots       []ShiftSeen `json:"slots" doc:"The shifts of a week."`
}

// ShiftSeen is one shift on one day of the week, and how often it was recorded.
type ShiftSeen struct {
	Team   string `json:"team"`
	Shift  string `json:"shift"`
	Day    string `json:"day" enum:"mon,tue,wed,thu,fri,sat,sun"`
	From   string `json:"from" example:"06:00"`
	To     string `json:"to"`
	Seen   int64  `json:"seen" doc:"How often it was recorded."`
	Passed int64  `json:"passed" doc:"How often it came by meanwhile."`
}

// Blocked are recorded conversations of one kind that a policy would stop.
type Blocked struct {
	Key           string     `json:"key" doc:"Names the kind, to answer it."`
	Clients       []AssetRef `json:"clients" doc:"20 at most."`
	Servers       []AssetRef `json:"servers" doc:"20 at most."`
	ClientCount   int64      `json:"client_count"`
	ServerCount   int64      `json:"server_count"`
	FromZone      string     `json:"from_zone" doc:"Empty for assets in none."`
	ToZone        string     `json:"to_zone"`
	Protocol      string     `json:"protocol" doc:"Empty where several are put together."`
	Transport     string     `json:"transport" enum:"eth,tcp,udp,ip"`
	Port          uint16     `json:"port" doc:"0 where there is none or several are put together."`
	Kinds         []string   `json:"kinds"`
	Conversations int64      `json:"conversations"`
	Count         uint64     `json:"count" doc:"Connections."`
	First         *time.Time `json:"first"`
	Last          *time.Time `json:"last"`
	Days          int64      `json:"days" doc:"On how many days it was seen; 0 if nobody counted."`
	Line          string     `json:"line" doc:"That it would touch; empty for none."`
	CostPerHour   float64    `json:"cost_per_hour" doc:"Of a stop of the line, in the site's currency; 0 if it is not known."`
	CostRestart   float64    `json:"cost_restart" doc:"Once for each stop."`
	Conduit       string     `json:"conduit" doc:"The nearest one; empty if none leads there."`
	Stage         string     `json:"stage" enum:"observe,shadow,enforce-new,enforce," doc:"Of the pair of zones in what was tried: what it would do today."`
	Answered      bool       `json:"answered" doc:"Somebody answered; without that nothing is lost."`
	Why           string     `json:"why" doc:"What is missing, as a sentence."`
	Link          string     `json:"link" doc:"The console's page that shows the newest of them."`
	Mark          *BlockMark `json:"mark" doc:"What somebody answered; null for nothing."`
}

// BlockMark is what somebody answered to a kind of conversation that would be
// stopped.
type BlockMark struct {
	Row    string     `json:"row" doc:"The key of the kind."`
	Says   string     `json:"says" enum:"accept,fix,ignore" doc:"It may be stopped; the draft will be changed; it is left open until a day."`
	Until  *time.Time `json:"until"`
	By     string     `json:"by"`
	At     *time.Time `json:"at"`
	Reason string     `json:"reason"`
}

// NewMark answers a kind of conversation that would be stopped.
type NewMark struct {
	Row    string    `json:"row" minLength:"1" maxLength:"512"`
	Says   string    `json:"says" enum:"accept,fix,ignore,none" doc:"none takes the answer back."`
	Until  time.Time `json:"until,omitzero" doc:"For ignore: from then on it counts again. At most a year from now."`
	Reason string    `json:"reason" maxLength:"1000"`
}

// LineStop is a line that would miss something.
type LineStop struct {
	Line        string     `json:"line" doc:"Empty for what belongs to no line."`
	Name        string     `json:"name"`
	Blocked     int64      `json:"blocked" doc:"Kinds of conversation."`
	Refused     int64      `json:"refused"`
	Count       uint64     `json:"count" doc:"Connections."`
	Last        *time.Time `json:"last"`
	CostPerHour float64    `json:"cost_per_hour"`
}

// PolicyDifference is packets that two policies judge otherwise.
type PolicyDifference struct {
	Change  string        `json:"change" enum:"allowed,stopped,unrelayed,relayed,otherwise,unknown" doc:"From the one to the other: newly allowed, newly stopped, no more read by a relay, now read by one, read by relays that let other things through, or not known since a line was not understood."`
	Allows  bool          `json:"allows" doc:"They pass by the new one and not by the old one; else the other way round."`
	Unknown bool          `json:"unknown" doc:"Whether they pass by one of the two is not known: a line was not understood."`
	From    string        `json:"from" doc:"Zone; empty for addresses in none."`
	To      string        `json:"to"`
	Example PacketExample `json:"example"`
	Conduit string        `json:"conduit" doc:"That decides; empty if none does."`
	Says    string        `json:"says"`
}

// PacketExample is the first packet of a connection.
type PacketExample struct {
	Src   string `json:"src"`
	Dst   string `json:"dst"`
	Proto uint8  `json:"proto" doc:"Number of the IP protocol."`
	Port  uint16 `json:"port" doc:"The destination's."`
}

// ShadowDenial is a kind of packets or messages that an enforcer stopped, or
// would have stopped.
type ShadowDenial struct {
	Kind          string     `json:"kind" enum:"denied,shadow,refused" doc:"shadow: it passed and would be stopped; refused: a relay refused a message."`
	Client        AssetRef   `json:"client"`
	Server        AssetRef   `json:"server"`
	ClientAddress string     `json:"client_address"`
	ServerAddress string     `json:"server_address"`
	ClientMAC     string     `json:"client_mac"`
	Proto         uint8      `json:"proto"`
	Port          uint16     `json:"port"`
	Ethernet      uint16     `json:"ethernet" doc:"EtherType of what has no IP header, else 0."`
	Interface     string     `json:"interface" doc:"By which it came."`
	Operation     string     `json:"operation" doc:"Of a message that a relay refused, with its protocol and object."`
	Why           string     `json:"why" doc:"Why a relay refused it."`
	Count         uint64     `json:"count"`
	First         *time.Time `json:"first"`
	Last          *time.Time `json:"last"`
}

// Flatness is how far one gets in a network without being stopped.
type Flatness struct {
	Number     *float64       `json:"number" minimum:"0" maximum:"100" doc:"0 is a plant whose controllers nobody outside their cells reaches, 100 one where everything reaches everything. Null where nothing can be said."`
	Says       string         `json:"says"`
	Derivation []FlatnessTerm `json:"derivation" doc:"What the number is made of, the heaviest first."`
	Next       *FlatnessNext  `json:"next" doc:"What to close next; null where nothing is left."`
	Others     []FlatnessNext `json:"others" doc:"What comes after it, nine at most."`
	Enforced   bool           `json:"enforced" doc:"It is of what is enforced; else of a network without a wall."`
}

// FlatnessTerm is one pair of zones in the number.
type FlatnessTerm struct {
	From         string  `json:"from" doc:"Zone; empty for what stands in none."`
	To           string  `json:"to"`
	FromName     string  `json:"from_name"`
	ToName       string  `json:"to_name"`
	AssetsFrom   int64   `json:"assets_from"`
	AssetsTo     int64   `json:"assets_to" doc:"That do something to the process."`
	Reaches      float64 `json:"reaches" doc:"0 to 1: how far from reaches into to."`
	Weight       float64 `json:"weight" doc:"Of the targets together."`
	Contribution float64 `json:"contribution" doc:"To the number."`
	Why          string  `json:"why"`
}

// FlatnessNext is one thing to close.
type FlatnessNext struct {
	Conduit     string     `json:"conduit" doc:"To close or narrow; empty where a pair of zones is to be enforced."`
	From        string     `json:"from"`
	To          string     `json:"to"`
	Gains       float64    `json:"gains" doc:"By how much the number falls."`
	Number      float64    `json:"number" doc:"What it would be then."`
	Risk        float64    `json:"risk" doc:"Of conversations that would be stopped, by how lately and on which line; 0 for none."`
	Blocked     int64      `json:"blocked" doc:"Conversations that would be stopped."`
	Lines       []string   `json:"lines"`
	CostPerHour float64    `json:"cost_per_hour" doc:"Of those lines."`
	Last        *time.Time `json:"last" doc:"Of those conversations."`
	Says        string     `json:"says"`
}

// PolicyRevision is one revision of a site's policy. It is never changed; only
// approvals come to it.
type PolicyRevision struct {
	N         int64              `json:"n" doc:"From 1."`
	Parent    int64              `json:"parent" doc:"The one before; 0 for none."`
	Hash      string             `json:"hash"`
	Version   int64              `json:"version" doc:"Of the plant model it was compiled from; 0 for a text that was not saved."`
	Author    string             `json:"author"`
	At        *time.Time         `json:"at"`
	Reason    string             `json:"reason"`
	Approvals []PolicyApproval   `json:"approvals"`
	Needs     []ApprovalNeed     `json:"needs" doc:"Who can approve, for each side that has not."`
	Signed    bool               `json:"signed"`
	SignedAt  *time.Time         `json:"signed_at"`
	Changes   []string           `json:"changes" doc:"Against the one before, as sentences."`
	Packets   []PolicyDifference `json:"packets" doc:"Packets that it judges otherwise than the one before; only of a single revision, 500 at most."`
	Notes     []PolicyNote       `json:"notes"`
	Text      string             `json:"text,omitempty" doc:"The plant.yaml it was compiled from; only of a single revision."`
	Policy    any                `json:"policy,omitempty" doc:"The compiled policy; only of a single revision."`
	Signature string             `json:"signature,omitempty" doc:"The signed note; only of a single revision."`
	Size      PolicySize         `json:"size"`
}

// PolicySize is how large a policy is.
type PolicySize struct {
	Zones    int `json:"zones"`
	Conduits int `json:"conduits"`
	Ranges   int `json:"ranges"`
	Matches  int `json:"matches"`
}

// PolicyApproval is one side's yes.
type PolicyApproval struct {
	Side    string     `json:"side" enum:"it,operations"`
	Person  string     `json:"person" doc:"Of the plant model."`
	Name    string     `json:"name"`
	Account string     `json:"account" doc:"Name of the account."`
	At      *time.Time `json:"at"`
}

// ApprovalNeed is a side that has not approved, and who can.
type ApprovalNeed struct {
	Side   string   `json:"side" enum:"it,operations"`
	Owners []string `json:"owners" doc:"Names of those who own what it changes; they are asked first."`
	Others []string `json:"others" doc:"Names of others of that side, who can too."`
	You    bool     `json:"you" doc:"Who asks can."`
}

// NewRevision is the wish for a revision.
type NewRevision struct {
	Text   string `json:"text,omitempty" maxLength:"2097152" doc:"A plant.yaml; without it the newest plant model."`
	Reason string `json:"reason" minLength:"1" maxLength:"1000"`
}

// Approve is the yes of a side.
type Approve struct {
	Side string `json:"side" enum:"it,operations"`
	Hash string `json:"hash,omitempty" maxLength:"64" doc:"Of the revision as it was seen; if it is given it must be the revision's."`
}

// ApplyRequest is the wish to put a revision into force.
type ApplyRequest struct {
	ConfirmWithin int64  `json:"confirm_within,omitempty" minimum:"0" maximum:"86400" doc:"Seconds until it goes back unless it is confirmed; 0 is 300."`
	Force         bool   `json:"force,omitempty" doc:"Also outside a maintenance window of the lines concerned, and although conversations would be stopped. It takes a reason."`
	Reason        string `json:"reason,omitempty" maxLength:"1000"`
}

// PolicyReason is why something is taken back.
type PolicyReason struct {
	Reason string `json:"reason" minLength:"1" maxLength:"1000"`
}

// PolicyProof is one way of knowing that the wall stands.
type PolicyProof struct {
	Kind     string     `json:"kind" enum:"readback,contradiction,canary,unused"`
	Status   string     `json:"status" enum:"proven,contradicted,stale,unknown"`
	At       *time.Time `json:"at" doc:"Of what it rests on."`
	Says     string     `json:"says"`
	Evidence []Evidence `json:"evidence"`
}

// PolicyProofs are the four proofs.
type PolicyProofs struct {
	Revision int64         `json:"revision" doc:"That is proven; 0 while nothing is enforced."`
	Proofs   []PolicyProof `json:"proofs"`
}

// PolicyImport is a configuration of a firewall.
type PolicyImport struct {
	Brand    string `json:"brand" enum:"fortigate,opnsense,mikrotik,ios,asa"`
	Text     string `json:"text" minLength:"1" maxLength:"4194304"`
	Revision int64  `json:"revision,omitempty" minimum:"0" doc:"That it is held against; the enforced one, else the newest, if it is left out."`
}

// PolicyCompared is what a configuration means, beside a revision.
type PolicyCompared struct {
	Verdict    string             `json:"verdict" enum:"equal,differs,unknown"`
	Revision   int64              `json:"revision"`
	Rules      []ImportedRule     `json:"rules" doc:"1,000 at most."`
	RulesAll   int64              `json:"rules_all"`
	Unknown    []UnknownLine      `json:"unknown" doc:"Lines that were not understood; while one may decide, nothing is said to be equal."`
	Difference []PolicyDifference `json:"difference" doc:"Of the configuration to the revision; 500 at most."`
	Findings   []string           `json:"findings" doc:"Rules that never match, that allow everything, or that no conduit asks for."`
	Says       string             `json:"says"`
}

// ImportedRule is one rule of a configuration.
type ImportedRule struct {
	Name    string   `json:"name"`
	Conduit string   `json:"conduit" doc:"That it stands for; empty for none."`
	Allow   bool     `json:"allow"`
	From    []string `json:"from" doc:"Empty for every address."`
	To      []string `json:"to"`
	Matches []string `json:"matches" doc:"In words: tcp 443; empty for everything."`
	Line    int      `json:"line" doc:"0 if it stands on none."`
}

// UnknownLine is a line that was not understood.
type UnknownLine struct {
	Line     int    `json:"line"`
	Text     string `json:"text"`
	Why      string `json:"why"`
	Harmless bool   `json:"harmless" doc:"It cannot decide about a packet: a name, a banner."`
}

// PolicyContainment is something that is stopped for a time, whatever the policy
// allows.
type PolicyContainment struct {
	ID       string     `json:"id"`
	State    string     `json:"state" enum:"waiting,active,ended,failed" doc:"waiting for the consent of operations."`
	Asset    *AssetRef  `json:"asset" doc:"That is in quarantine; null if it is not about one."`
	Addrs    []string   `json:"addrs" doc:"The asset's addresses."`
	Conduit  string     `json:"conduit" doc:"That is cut; empty if it is not about one."`
	Pair     []string   `json:"pair" doc:"Two zones between which nothing passes; empty if it is not about a pair."`
	Island   bool       `json:"island" doc:"All that joins IT and plant is cut."`
	Until    *time.Time `json:"until"`
	Reason   string     `json:"reason"`
	By       string     `json:"by"`
	At       *time.Time `json:"at"`
	Lines    []string   `json:"lines" doc:"That it touches."`
	Consent  *Consent   `json:"consent" doc:"Of operations; null where none is given."`
	Needs    bool       `json:"needs" doc:"It needs the consent of operations."`
	You      bool       `json:"you" doc:"Who asks can give it."`
	Ended    *time.Time `json:"ended"`
	EndedBy  string     `json:"ended_by"`
	Enforced bool       `json:"enforced" doc:"The enforcer says that it holds it."`
	Says     string     `json:"says"`
}

// Consent is the yes of operations to something that touches a line.
type Consent struct {
	Person  string     `json:"person"`
	Name    string     `json:"name"`
	Account string     `json:"account"`
	At      *time.Time `json:"at"`
}

// ContainmentTarget is what is to be stopped: one of the four.
type ContainmentTarget struct {
	Asset   string   `json:"asset,omitempty" maxLength:"256"`
	Conduit string   `json:"conduit,omitempty" maxLength:"64"`
	Pair    []string `json:"pair,omitempty" maxItems:"2" doc:"Two zones."`
	Island  bool     `json:"island,omitempty" doc:"All zones of IT from all zones of the plant."`
}

// ContainmentRequest is the wish to stop something for a time.
type ContainmentRequest struct {
	ContainmentTarget
	Until   time.Time `json:"until" doc:"At most a week from now."`
	Reason  string    `json:"reason" minLength:"1" maxLength:"1000"`
	Consent bool      `json:"consent,omitempty" doc:"Who asks consents for operations, whom they speak for. Without it what touches a line waits for somebody who does."`
}

// ContainmentPreview is what a containment would stop.
type ContainmentPreview struct {
	Stops      []Blocked  `json:"stops" doc:"Recorded conversations that pass now, in kinds, the worst first; 500 at most."`
	Lines      []LineStop `json:"lines"`
	Addrs      []string   `json:"addrs"`
	Pairs      [][]string `json:"pairs" doc:"Pairs of zones that are cut."`
	Needs      bool       `json:"needs" doc:"It needs the consent of operations: something stands on a line."`
	You        bool       `json:"you" doc:"Who asks can give it."`
	Rehearsed  *time.Time `json:"rehearsed" doc:"When an island was last looked at for the enforced revision; null for never. To look is to rehearse."`
	Says       string     `json:"says"`
	Unenforced string     `json:"unenforced" doc:"What of it the boundary cannot stop, since it does not cross it; empty for nothing."`
}

// PolicyGrant is a conduit for a time between single addresses.
type PolicyGrant struct {
	ID       string     `json:"id"`
	Src      string     `json:"src"`
	Dst      string     `json:"dst"`
	Proto    uint8      `json:"proto"`
	Port     uint16     `json:"port"`
	Until    *time.Time `json:"until"`
	Why      string     `json:"why"`
	Approved []string   `json:"approved"`
}
