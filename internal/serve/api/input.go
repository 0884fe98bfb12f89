package api

import "time"

// AssetFilter says which assets are meant; all that is given must hold.
type AssetFilter struct {
	Q          string    `query:"q" maxLength:"200" doc:"Words that must all occur in a name, address, vendor, product, order number, firmware, serial number, role or protocol."`
	Site       string    `query:"site" maxLength:"128"`
	Kind       string    `query:"kind" enum:"device,network,external"`
	Side       string    `query:"side" enum:"ot,it,unknown"`
	Role       string    `query:"role" maxLength:"128"`
	Level      string    `query:"level" enum:"0,1,2,3,3.5,4,5,unknown"`
	Vendor     string    `query:"vendor" maxLength:"256"`
	Protocol   string    `query:"protocol" maxLength:"64" doc:"That the asset speaks."`
	Network    string    `query:"network" maxLength:"64" doc:"As in the network member of an asset."`
	Zone       string    `query:"zone" maxLength:"64" doc:"Of the plant model; none for assets in no zone."`
	Line       string    `query:"line" maxLength:"64" doc:"none for assets of no line."`
	Cell       string    `query:"cell" maxLength:"64" doc:"none for assets of no cell."`
	Owner      string    `query:"owner" maxLength:"64" doc:"A person or team that answers for it on either side; none for assets that lack an owner in IT or in operations."`
	Finding    string    `query:"finding" enum:"high,medium,low,info,any" doc:"Stands in an open finding of this level."`
	SeenSince  time.Time `query:"seen_since" doc:"Seen at or after this time."`
	FirstSince time.Time `query:"first_since" doc:"Seen for the first time at or after this time."`
}

type assetListInput struct {
	AssetFilter
	Page
	Sort string `query:"sort" enum:"name,-name,zone,-zone,line,-line,last_seen,-last_seen,first_seen,-first_seen,vendor,-vendor,role,-role,level,-level,kind,-kind,side,-side,network,-network,findings,-findings" default:"name" doc:"A leading minus turns the order round."`
}

// AssetPath names an asset in a path.
type AssetPath struct {
	ID string `path:"id" maxLength:"256" doc:"The asset's identifier, or one it had before."`
}

type assetPeersInput struct {
	AssetPath
	Page
	Sort string `query:"sort" enum:"bytes,-bytes,packets,-packets,last_seen,-last_seen,first_seen,-first_seen" default:"-bytes"`
}

type assetOperationsInput struct {
	AssetPath
	Page
	Protocol string `query:"protocol" maxLength:"64"`
	Kind     string `query:"kind" enum:"other,identify,read,auth,write,config,program,mode,firmware"`
	Sort     string `query:"sort" enum:"first_seen,-first_seen,last_seen,-last_seen,requests,-requests" default:"-last_seen"`
}

// TalkFilter says which conversations or operations are meant.
type TalkFilter struct {
	Site     string    `query:"site" maxLength:"128"`
	Asset    string    `query:"asset" maxLength:"256" doc:"Identifier of an asset at either end."`
	Peer     string    `query:"peer" maxLength:"256" doc:"With asset: only between the two."`
	Protocol string    `query:"protocol" maxLength:"64"`
	Crossing string    `query:"crossing" enum:"true,false" doc:"Whether they go from one side of the plant's network to the other."`
	From     time.Time `query:"from" doc:"Sums from this time on, of the rows by the minute and the history. Without from and to: totals of all time."`
	To       time.Time `query:"to" doc:"Sums up to this time. Now if only from is given."`
}

type conversationListInput struct {
	TalkFilter
	Page
	Sort string `query:"sort" enum:"first_seen,-first_seen,last_seen,-last_seen,bytes,-bytes,packets,-packets" default:"-bytes" doc:"With from or to always -bytes."`
}

type operationListInput struct {
	TalkFilter
	Page
	Kind string `query:"kind" enum:"other,identify,read,auth,write,config,program,mode,firmware"`
	Sort string `query:"sort" enum:"first_seen,-first_seen,last_seen,-last_seen,requests,-requests" default:"-last_seen" doc:"With from or to always -requests."`
}

// FindingFilter says which findings are meant.
type FindingFilter struct {
	Site   string `query:"site" maxLength:"128"`
	Level  string `query:"level" enum:"high,medium,low,info"`
	Rule   string `query:"rule" maxLength:"128"`
	Asset  string `query:"asset" maxLength:"256" doc:"Only those that an asset stands in."`
	Closed bool   `query:"closed" doc:"Those that are no longer found, too."`
}

type findingListInput struct {
	Page
	FindingFilter
}

type findingInput struct {
	ID string `path:"id" maxLength:"256"`
}

type siteInput struct {
	Site string `query:"site" maxLength:"128" doc:"All sites if it is left out."`
}

type sitePageInput struct {
	Page
	Site string `query:"site" maxLength:"128" doc:"All sites if it is left out."`
}

type mapInput struct {
	At   time.Time `query:"at" doc:"The plant as it was seen up to this time; now if it is left out."`
	Site string    `query:"site" maxLength:"128" doc:"All sites if it is left out."`
}

// SpanInput leaves what was seen in a time: last at or after From, first before
// To.
type SpanInput struct {
	From time.Time `query:"from" doc:"Seen at or after this time; all time if it is left out."`
	To   time.Time `query:"to" doc:"Seen before this time."`
}

type trafficInput struct {
	Site  string    `query:"site" maxLength:"128"`
	Asset string    `query:"asset" maxLength:"256" doc:"Only what this asset sent or received; the whole plant if it is left out."`
	From  time.Time `query:"from" doc:"24 hours before to if it is left out."`
	To    time.Time `query:"to" doc:"Now if it is left out."`
	Step  int64     `query:"step" minimum:"60" maximum:"31536000" doc:"Seconds in one bucket; rounded up so that there are at most 1,000. Chosen to give about 200 if it is left out."`
}

type sensorInput struct {
	Name string `path:"name" maxLength:"128"`
	Site string `query:"site" maxLength:"128" doc:"Needed only where two sites have a sensor of this name."`
}

type keptInput struct {
	ID string `path:"id" maxLength:"128"`
}

type jobInput struct {
	ID string `path:"id" maxLength:"128"`
}

type uploadInput struct {
	Site string `query:"site" maxLength:"128" doc:"The site it was recorded at; the hub's own if it is left out."`
	Name string `query:"name" required:"true" minLength:"1" maxLength:"255" doc:"What to call the capture, usually the file's name."`
}

type eventsInput struct {
	Site        string   `query:"site" maxLength:"128" doc:"States of this site only; all sites if it is left out. Changes of other sites come without what they are about."`
	Topics      []string `query:"topics" maxItems:"7" enum:"assets,sensors,captures,findings,overview,model,policy" doc:"What to hear of; everything if it is left out."`
	LastEventID string   `header:"Last-Event-ID" maxLength:"64" doc:"The last event that was got; a browser sends it by itself when it connects again."`
}

type retentionInput struct {
	Body Retention
}

type keepInput struct {
	Body KeepRequest
}

type noInput struct{}
