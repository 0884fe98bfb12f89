package api

import "time"

// Decision is what a person said about assets: that some are one machine, or
// that one is two. It is about endpoints, so that it holds whatever the assets
// are called later.
type Decision struct {
	ID        string            `json:"id"`
	Site      string            `json:"site"`
	Kind      string            `json:"kind" enum:"merge,split"`
	Assets    []DecidedAsset    `json:"assets" doc:"As they were called when it was decided; the identifiers still lead to what became of them. Of a split the one that was taken apart."`
	Endpoints []DecidedEndpoint `json:"endpoints" doc:"One for each interface or address that it is about."`
	Reason    string            `json:"reason"`
	By        string            `json:"by" doc:"Who decided."`
	At        time.Time         `json:"at"`
	Followed  *time.Time        `json:"followed" doc:"When the inventory first followed it, or its undoing; null for a second or two after that."`
	Undone    *Undone           `json:"undone,omitempty" doc:"Absent while it holds."`
}

// Undone is who took a decision back.
type Undone struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// DecidedAsset is an asset as it was called when a decision was made.
type DecidedAsset struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// DecidedEndpoint is an endpoint that a decision is about.
type DecidedEndpoint struct {
	MAC  string `json:"mac" doc:"Empty where there is none."`
	IP   string `json:"ip" doc:"Empty where there is none."`
	VLAN uint16 `json:"vlan"`
	Part int64  `json:"part" doc:"For a merge the place of its asset in assets; for a split 0 for what was taken out and 1 for what stayed."`
}

// Endpoint is one address as a sensor saw it.
type Endpoint struct {
	MAC  string `json:"mac" maxLength:"17" doc:"Empty where there is none."`
	IP   string `json:"ip" maxLength:"64" doc:"Empty where there is none."`
	VLAN uint16 `json:"vlan" maximum:"4095"`
}

// MergeRequest says that assets are one machine.
type MergeRequest struct {
	Assets []string `json:"assets" minItems:"2" maxItems:"16" doc:"The first keeps its identifier; the others' lead to it."`
	Reason string   `json:"reason" minLength:"1" maxLength:"500" doc:"Stands among the asset's reasons."`
}

// SplitRequest says that an asset is two machines.
type SplitRequest struct {
	Asset     string     `json:"asset" minLength:"1" maxLength:"256"`
	Endpoints []Endpoint `json:"endpoints" minItems:"1" maxItems:"64" doc:"Those of the asset that are a machine of their own. The rest keeps the identifier."`
	Reason    string     `json:"reason" minLength:"1" maxLength:"500" doc:"Stands among the reasons of both."`
}

type mergeInput struct{ Body MergeRequest }

type splitInput struct{ Body SplitRequest }

type decisionListInput struct {
	Page
	Site  string `query:"site" maxLength:"128"`
	Asset string `query:"asset" maxLength:"256" doc:"Only those about what this asset is made of, or that named it."`
}

type decisionInput struct {
	ID string `path:"id" maxLength:"64"`
}

// View is a list that someone comes back to.
type View struct {
	ID      string    `json:"id"`
	Page    string    `json:"page"`
	Name    string    `json:"name"`
	Query   string    `json:"query"`
	Shared  bool      `json:"shared" doc:"Everybody sees it."`
	Owner   string    `json:"owner" doc:"What its owner is called."`
	Mine    bool      `json:"mine" doc:"It belongs to the one who asks."`
	Changed time.Time `json:"changed"`
	ETag    string    `json:"etag" doc:"Send it as If-Match to change or remove the view."`
}

// ViewRequest is what people say of a view.
type ViewRequest struct {
	Page   string `json:"page" minLength:"1" maxLength:"32" pattern:"^[a-z-]+$" doc:"Of the console; it stays when a view is changed." example:"assets"`
	Name   string `json:"name" minLength:"1" maxLength:"100"`
	Query  string `json:"query" maxLength:"4096" doc:"The query of the console's address, without the question mark." example:"side=ot&finding=high"`
	Shared bool   `json:"shared"`
}

type viewListInput struct {
	Page string `query:"page" maxLength:"32" doc:"Only those of one page of the console."`
}

type viewInput struct{ Body ViewRequest }

type viewChangeInput struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match" maxLength:"128" doc:"The etag of the view as it was seen; without it the answer is 428."`
	Body    ViewRequest
}

type viewRemoveInput struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match" maxLength:"128" doc:"The etag of the view as it was seen; without it the answer is 428."`
}

// MapDifference is what is other in the plant between two days.
type MapDifference struct {
	Site     string          `json:"site"`
	TimeZone string          `json:"time_zone" doc:"In which the days begin and end: the site's, UTC if its model names none."`
	From     DayKnown        `json:"from"`
	To       DayKnown        `json:"to"`
	Assets   AssetDifference `json:"assets"`
	Edges    EdgeDifference  `json:"edges"`
}

// DayKnown is what is kept of one day, so that silence is not taken for
// absence.
type DayKnown struct {
	Day    string     `json:"day" format:"date"`
	Begins time.Time  `json:"begins"`
	Ends   time.Time  `json:"ends"`
	Kept   string     `json:"kept" enum:"whole,part,nothing" doc:"How much of the day conversations are kept of."`
	Hours  float64    `json:"hours" doc:"Hours of the day that something is kept of."`
	Step   string     `json:"step" enum:"minute,hour,day," doc:"The coarsest step of what is kept; a row of a step that reaches over midnight counts for both days."`
	Says   string     `json:"says" doc:"The same in a sentence, empty if the whole day is kept."`
	First  *time.Time `json:"first" doc:"Of what is kept."`
	Last   *time.Time `json:"last"`
}

// AssetDifference is which assets were there on one day only. Where nothing is
// kept of a day it lists only what the times of first and last being seen prove.
type AssetDifference struct {
	Appeared []DayAsset `json:"appeared"`
	Vanished []DayAsset `json:"vanished"`
	More     int64      `json:"more" doc:"Left out of both lists."`
	Unknown  int64      `json:"unknown" doc:"Assets of which nothing kept tells whether they were there on both days."`
}

// DayAsset is an asset that was there on one of two days.
type DayAsset struct {
	AssetRef
	Box       string     `json:"box" doc:"Identifier of its box on the map."`
	FirstSeen *time.Time `json:"first_seen"`
	LastSeen  *time.Time `json:"last_seen"`
	Proven    bool       `json:"proven" doc:"It was seen for the first time after the first day, or not since before the second. Otherwise it only said nothing on one of the days."`
}

// EdgeDifference is who talked to whom on one day only, or much more or less.
type EdgeDifference struct {
	Appeared []DayEdge `json:"appeared"`
	Vanished []DayEdge `json:"vanished"`
	Changed  []DayEdge `json:"changed" doc:"Bytes at least four times as many or a quarter, or other protocols."`
	More     int64     `json:"more" doc:"Left out of the lists; those between boxes and the largest are listed first."`
}

// DayEdge is what passed between two boxes or assets on each of two days.
type DayEdge struct {
	Between   string   `json:"between" enum:"boxes,assets"`
	From      string   `json:"from" doc:"Identifier on the map of the box or asset that asks."`
	To        string   `json:"to"`
	FromLabel string   `json:"from_label"`
	ToLabel   string   `json:"to_label"`
	Protocols []string `json:"protocols" doc:"On both days together."`
	New       []string `json:"new" doc:"Protocols that were only there on the second day."`
	Gone      []string `json:"gone" doc:"Protocols that were only there on the first day."`
	BytesFrom uint64   `json:"bytes_from" doc:"On the first day."`
	BytesTo   uint64   `json:"bytes_to" doc:"On the second day."`
	Packets   uint64   `json:"packets" doc:"On both days."`
	Crossing  bool     `json:"crossing" doc:"It goes from one side of the plant's network to the other."`
	Unproven  bool     `json:"unproven" doc:"The other day is not kept whole, so that it may have been there."`
}

type differenceInput struct {
	Site string `query:"site" maxLength:"128" doc:"Needed where there are several sites."`
	From string `query:"from" required:"true" format:"date" doc:"The earlier day." example:"2026-11-20"`
	To   string `query:"to" required:"true" format:"date" doc:"The later day." example:"2026-11-27"`
}

// FormatInput is the form of an export.
type FormatInput struct {
	Format string `query:"format" enum:"csv,xlsx" default:"csv"`
}

type exportAssetsInput struct {
	FormatInput
	AssetFilter
	Sort string `query:"sort" enum:"name,-name,last_seen,-last_seen,first_seen,-first_seen,vendor,-vendor,role,-role,level,-level,kind,-kind,side,-side,network,-network,findings,-findings" default:"name"`
}

type exportFindingsInput struct {
	FormatInput
	FindingFilter
}

type exportConversationsInput struct {
	FormatInput
	TalkFilter
	Sort string `query:"sort" enum:"first_seen,-first_seen,last_seen,-last_seen,bytes,-bytes,packets,-packets" default:"-bytes" doc:"With from or to always -bytes."`
}

type exportOperationsInput struct {
	FormatInput
	TalkFilter
	Kind string `query:"kind" enum:"other,identify,read,auth,write,config,program,mode,firmware"`
	Sort string `query:"sort" enum:"first_seen,-first_seen,last_seen,-last_seen,requests,-requests" default:"-last_seen" doc:"With from or to always -requests."`
}

type exportChangesInput struct {
	FormatInput
	Site  string    `query:"site" maxLength:"128"`
	Since time.Time `query:"since" doc:"Only changes that were noted at or after this time."`
}
