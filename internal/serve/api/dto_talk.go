package api

import "time"

// Conversation is who talked to whom in what protocol, added up.
type Conversation struct {
	Client            AssetRef   `json:"client"`
	Server            AssetRef   `json:"server"`
	ClientAddress     string     `json:"client_address"`
	ServerAddress     string     `json:"server_address"`
	Transport         string     `json:"transport" enum:"eth,tcp,udp,ip"`
	Port              uint16     `json:"port" doc:"The server's; 0 where there is none."`
	Protocol          string     `json:"protocol"`
	Confirmed         bool       `json:"confirmed" doc:"A message was decoded; the port alone did not decide."`
	Answered          bool       `json:"answered" doc:"Both sides were seen."`
	Flows             uint64     `json:"flows"`
	Packets           uint64     `json:"packets"`
	Bytes             uint64     `json:"bytes" doc:"Lengths on the wire."`
	PacketsFromClient uint64     `json:"packets_from_client"`
	BytesFromClient   uint64     `json:"bytes_from_client"`
	LostBytes         uint64     `json:"lost_bytes" doc:"TCP payload that the sensor did not get."`
	First             *time.Time `json:"first"`
	Last              *time.Time `json:"last"`
	Crossing          bool       `json:"crossing" doc:"It goes from one side of the plant's network to the other."`
	Packet            *Packet    `json:"packet,omitempty" doc:"Its first packet."`
}

// Operation is what one side asked of another, added up.
type Operation struct {
	Requester        AssetRef   `json:"requester"`
	Responder        AssetRef   `json:"responder"`
	RequesterAddress string     `json:"requester_address"`
	ResponderAddress string     `json:"responder_address"`
	Port             uint16     `json:"port"`
	Protocol         string     `json:"protocol"`
	Code             string     `json:"code" doc:"The message's code in its protocol."`
	Name             string     `json:"name" example:"Write Multiple Registers"`
	Kind             string     `json:"kind" enum:"other,identify,read,auth,write,config,program,mode,firmware"`
	Technique        string     `json:"technique" doc:"ATT&CK for ICS technique it would be used for; empty where there is none." example:"T0855"`
	Object           string     `json:"object" doc:"What it is about: a register range, a data block, a tag."`
	Value            string     `json:"value" doc:"The last value of a small write."`
	Requests         uint64     `json:"requests"`
	Responses        uint64     `json:"responses"`
	Accepted         uint64     `json:"accepted"`
	Refused          uint64     `json:"refused"`
	First            *time.Time `json:"first"`
	Last             *time.Time `json:"last"`
	Crossing         bool       `json:"crossing" doc:"It was asked from one side of the plant's network to the other."`
	Packet           *Packet    `json:"packet,omitempty"`
}

// Finding is something a person should look at.
type Finding struct {
	ID       string     `json:"id"`
	Site     string     `json:"site"`
	Rule     string     `json:"rule" example:"cleartext-login"`
	Level    string     `json:"level" enum:"high,medium,low,info"`
	Title    string     `json:"title"`
	Why      string     `json:"why"`
	Next     []string   `json:"next" doc:"What to do, the first step first."`
	Assets   []AssetRef `json:"assets" doc:"The one to look at first, first."`
	Count    uint64     `json:"count"`
	First    *time.Time `json:"first"`
	Last     *time.Time `json:"last"`
	Opened   *time.Time `json:"opened" doc:"When it was first found."`
	Closed   *time.Time `json:"closed" doc:"When it was no longer found; null while it is open."`
	Details  []string   `json:"details" doc:"One line each."`
	Evidence []Packet   `json:"evidence" doc:"Packets that show it."`
}

// Traffic is how much was said over time.
type Traffic struct {
	From   time.Time       `json:"from" doc:"Beginning of the first bucket."`
	To     time.Time       `json:"to" doc:"End of the last bucket."`
	Step   int64           `json:"step" doc:"Seconds in one bucket."`
	Series []TrafficSeries `json:"series" doc:"The protocols with most bytes first; the last is called other if there are more than 20."`
}

// TrafficSeries is one protocol's traffic: a number for each bucket.
type TrafficSeries struct {
	Protocol string   `json:"protocol"`
	Packets  []uint64 `json:"packets"`
	Bytes    []uint64 `json:"bytes"`
}
