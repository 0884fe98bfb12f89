package api

import "time"

// AssetFilter says which assets are meant. Values of one filter are
// alternatives, filters are joined by "and".
type AssetFilter struct {
	Q          string    `query:"q" maxLength:"200" doc:"Words that must all occur in names, addresses, vendor, product, order number, firmware, serial, role or protocols."`
	Site       []string  `query:"site,explode" maxItems:"20" maxLength:"128"`
	Kind       []string  `query:"kind,explode" maxItems:"20" enum:"device,network,external"`
	Side       []string  `query:"side,explode" maxItems:"20" enum:"ot,it,unknown"`
	Role       []string  `query:"role,explode" maxItems:"20" maxLength:"128"`
	Level      []string  `query:"level,explode" maxItems:"20" enum:"0,1,2,3,3.5,4,5,unknown"`
	Vendor     []string  `query:"vendor,explode" maxItems:"20" maxLength:"256"`
	Protocol   []string  `query:"protocol,explode" maxItems:"20" maxLength:"64" doc:"That the asset speaks."`
	Network    []string  `query:"network,explode" maxItems:"20" maxLength:"64" doc:"As in the network member of an asset."`
	SeenSince  time.Time `query:"seen_since" doc:"Seen at or after this time."`
	FirstSince time.Time `query:"first_since" doc:"Seen for the first time at or after this time."`
}

type assetListInput struct {
	AssetFilter
	Page
	Sort string `query:"sort" enum:"name,-name,last_seen,-last_seen,first_seen,-first_seen,vendor,-vendor,role,-role,level,-level" default:"name" doc:"A leading minus turns the order round."`
}

type assetInput struct {
	ID string `path:"id" maxLength:"256" doc:"The asset's identifier, or one it had before."`
}

type assetTalkInput struct {
	assetInput
	Page
	Protocol []string `query:"protocol,explode" maxItems:"20" maxLength:"64"`
}

type assetOperationInput struct {
	assetTalkInput
	Kind []string `query:"kind,explode" maxItems:"9" enum:"other,identify,read,auth,write,config,program,mode,firmware"`
}

// TalkFilter says which conversations or operations are meant.
type TalkFilter struct {
	Site     []string  `query:"site,explode" maxItems:"20" maxLength:"128"`
	Asset    string    `query:"asset" maxLength:"256" doc:"Identifier of an asset on either side."`
	Peer     string    `query:"peer" maxLength:"256" doc:"With asset: only between the two."`
	Protocol []string  `query:"protocol,explode" maxItems:"20" maxLength:"64"`
	From     time.Time `query:"from" doc:"Together with to: sums over this time only, from the rows by the minute or the history. Without them: totals of all time."`
	To       time.Time `query:"to"`
}

type conversationListInput struct {
	TalkFilter
	Page
	Crossing bool `query:"crossing" doc:"Only those that go from one side of the plant's network to the other."`
}

type operationListInput struct {
	TalkFilter
	Page
	Kind     []string `query:"kind,explode" maxItems:"9" enum:"other,identify,read,auth,write,config,program,mode,firmware"`
	Crossing bool     `query:"crossing" doc:"Only those asked from one side of the plant's network to the other."`
}

type findingListInput struct {
	Page
	Site  []string `query:"site,explode" maxItems:"20" maxLength:"128"`
	Level []string `query:"level,explode" maxItems:"4" enum:"high,medium,low,info"`
	Rule  []string `query:"rule,explode" maxItems:"50" maxLength:"128"`
	Asset string   `query:"asset" maxLength:"256" doc:"Only those that an asset stands in."`
}

type mapInput struct {
	At   time.Time `query:"at" doc:"The plant as it was seen up to this time; now if it is left out."`
	Site []string  `query:"site,explode" maxItems:"20" maxLength:"128"`
}

type trafficInput struct {
	Site  []string  `query:"site,explode" maxItems:"20" maxLength:"128"`
	Asset string    `query:"asset" maxLength:"256" doc:"Only what this asset sent or received; the whole plant if it is left out."`
	From  time.Time `query:"from" doc:"24 hours before to if it is left out."`
	To    time.Time `query:"to" doc:"Now if it is left out."`
	Step  int64     `query:"step" minimum:"60" maximum:"31536000" doc:"Seconds in one bucket; rounded up so that there are at most 1,000. Chosen to give about 200 if it is left out."`
}

type sensorListInput struct {
	Page
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
	Name string `query:"name" required:"true" minLength:"1" maxLength:"255" doc:"What to call the capture, usually the file's name."`
}

type eventsInput struct {
	Topics      []string `query:"topics" maxItems:"5" enum:"assets,sensors,captures,findings,overview" doc:"What to hear of; everything if it is left out."`
	LastEventID string   `header:"Last-Event-ID" maxLength:"64" doc:"The last event that was got; a browser sends it by itself when it connects again."`
}

type retentionInput struct {
	Body Retention
}

type keepInput struct {
	Body KeepRequest
}

type noInput struct{}

// output is a JSON answer.
type output[T any] struct {
	Body T
}
