package api

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// PlantModel is a site in its people's words: the text of plant.yaml and what it
// says.
type PlantModel struct {
	Site     string         `json:"site"`
	Version  int64          `json:"version" doc:"From 1; 0 while nobody has saved one: the text is then a proposal made from what was seen."`
	Text     string         `json:"text" doc:"The document, with its comments."`
	Model    *model.Model   `json:"model" doc:"What the text says."`
	Author   string         `json:"author"`
	At       *time.Time     `json:"at" doc:"When it was saved; null for a proposal."`
	Note     string         `json:"note"`
	Problems []ModelProblem `json:"problems" doc:"Warnings of the text as of today: reviews that are overdue, what is allowed and probably not meant."`
}

// ModelProblem is something in the text that is not right.
type ModelProblem struct {
	Severity string `json:"severity" enum:"error,warning" doc:"A text with an error cannot be saved; one with warnings can."`
	Line     int    `json:"line" doc:"From 1."`
	Column   int    `json:"column" doc:"From 1, in characters."`
	Length   int    `json:"length" doc:"Characters to underline."`
	Path     string `json:"path" example:"lines[line-2].owners.it"`
	Message  string `json:"message" doc:"What is wrong."`
	Hint     string `json:"hint" doc:"What would be right; may be empty."`
}

// ModelChange is one thing in which two models differ.
type ModelChange struct {
	Path string `json:"path" example:"lines[line-2].owners.operations"`
	Op   string `json:"op" enum:"add,remove,change"`
	Old  string `json:"old"`
	New  string `json:"new"`
	Says string `json:"says" doc:"The change as a sentence." example:"line line-2 (Filling): owner in operations: Bernd Ott → Carla Diaz"`
}

// ModelCheck is what a text would do if it were saved.
type ModelCheck struct {
	Problems []ModelProblem `json:"problems" doc:"In the order of the text. Where an edit cannot be made it is the only one, and says why."`
	Changes  []ModelChange  `json:"changes" doc:"Against the newest version; empty while the text has errors."`
	Effect   *ModelEffect   `json:"effect,omitempty" doc:"Where the site's assets would stand; absent while the text has errors."`
	// What follows is there where whole was asked for.
	Text   string            `json:"text,omitempty" doc:"The text after the edits."`
	Model  *model.Model      `json:"model,omitempty" doc:"What the text says; absent while it has errors."`
	Places map[string]string `json:"places,omitempty" doc:"In which zone each asset would stand, by identifier; empty for none."`
}

// ModelEffect is how many assets a model places.
type ModelEffect struct {
	Placed    int64        `json:"placed" doc:"Assets with a zone."`
	Unplaced  int64        `json:"unplaced"`
	Moved     int64        `json:"moved" doc:"That stand in another zone or line now."`
	PerZone   []ZoneEffect `json:"per_zone" doc:"In the order of the text."`
	Covered   *int64       `json:"covered" doc:"Conversations between zones that a conduit would cover; null if there are too many to look at just now."`
	Uncovered *int64       `json:"uncovered" doc:"Conversations between zones that were answered and no conduit would cover, as far as their operations are known."`
}

// ZoneEffect is how many assets a zone has, and had.
type ZoneEffect struct {
	Zone   string `json:"zone"`
	Assets int64  `json:"assets"`
	Before int64  `json:"before"`
}

// ModelVersion is one saved version, without its text.
type ModelVersion struct {
	Version int64      `json:"version"`
	Author  string     `json:"author"`
	At      *time.Time `json:"at"`
	Note    string     `json:"note"`
}

// ModelHead is which version of a site's model is the newest: the state of the
// topic model.
type ModelHead struct {
	Site    string `json:"site"`
	Version int64  `json:"version" doc:"0 while there is none."`
}

// ModelDifference is how two versions differ.
type ModelDifference struct {
	From    int64         `json:"from" doc:"0 is before the first."`
	To      int64         `json:"to"`
	Changes []ModelChange `json:"changes"`
	Diff    string        `json:"diff" doc:"Of the texts, in unified format."`
}

// ModelRefusal is a problem document that says what is wrong with a text.
type ModelRefusal struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Problems []ModelProblem `json:"problems,omitempty"`
}

// ModelText is a text to be checked or saved.
type ModelText struct {
	Site string `json:"site" minLength:"1" maxLength:"128"`
	Text string `json:"text" maxLength:"2097152"`
	Note string `json:"note,omitempty" maxLength:"1000" doc:"Why it is changed; for the history."`
}

// ModelDraft is a text to be checked, with changes that are made to it first.
type ModelDraft struct {
	Site  string      `json:"site" minLength:"1" maxLength:"128"`
	Text  string      `json:"text" maxLength:"2097152"`
	Edits []ModelEdit `json:"edits,omitempty" maxItems:"200" doc:"Made to the text before it is checked; nothing is saved."`
	Whole bool        `json:"whole,omitempty" doc:"The answer also has the text, what it says and where every asset would stand."`
}

// ModelEdits are changes to the newest text, which keeps its comments and order.
type ModelEdits struct {
	Site  string      `json:"site" minLength:"1" maxLength:"128"`
	Edits []ModelEdit `json:"edits" minItems:"1" maxItems:"200"`
	Note  string      `json:"note,omitempty" maxLength:"1000"`
}

// ModelEdit is one change at a path.
type ModelEdit struct {
	Op    string `json:"op" enum:"set,add,remove" doc:"set gives the path a value; add puts one more member into the list at the path; remove takes away what is at the path."`
	Path  string `json:"path" minLength:"1" maxLength:"512" doc:"Keys with points between; members of a list by their identifier or number in brackets." example:"lines[line-2].owners.operations"`
	Value any    `json:"value,omitempty" doc:"For set and add: a text, number, true or false, list or group of keys."`
}

// Boundary is what crosses between zones, and whether it should.
type Boundary struct {
	Declared bool              `json:"declared" doc:"Zones stand in the plant model. Else its networks serve as zones, and nothing is covered."`
	Version  int64             `json:"version" doc:"Of the model that decided; 0 for none."`
	At       time.Time         `json:"at" doc:"When this was added up."`
	Zones    []BoundaryZone    `json:"zones"`
	Cells    []BoundaryCell    `json:"cells" doc:"Pairs of zones with conversations, those with most uncovered first."`
	Conduits []BoundaryConduit `json:"conduits" doc:"In the order of the model."`
	Unplaced int64             `json:"unplaced" doc:"Assets that stand in no zone."`
	Unknown  int64             `json:"unknown" doc:"Conversations with an end that stands in no zone: whether they cross is not known."`
}

// BoundaryZone is one row and column of the matrix.
type BoundaryZone struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Kind   string      `json:"kind" enum:"enterprise,dmz,operations,cell,safety,vendor,wireless,internet,network" doc:"network where no zones are declared."`
	Level  *float64    `json:"level"`
	Target int         `json:"target" doc:"Security level to reach, 0 if none is given."`
	Assets int64       `json:"assets"`
	Owners AssetOwners `json:"owners"`
}

// BoundaryCell is what goes from one zone to another.
type BoundaryCell struct {
	From          string     `json:"from"`
	To            string     `json:"to"`
	Conversations int64      `json:"conversations"`
	Covered       int64      `json:"covered" doc:"That a conduit allows."`
	Uncovered     int64      `json:"uncovered" doc:"That no conduit allows, and that were answered."`
	Attempts      int64      `json:"attempts" doc:"That no conduit allows, and nobody answered."`
	Aside         int64      `json:"aside" doc:"Names, time and announcements that no conduit names: they need no decision of anyone."`
	Packets       uint64     `json:"packets"`
	Bytes         uint64     `json:"bytes"`
	First         *time.Time `json:"first"`
	Last          *time.Time `json:"last"`
	Protocols     []string   `json:"protocols"`
	Kinds         []string   `json:"kinds" doc:"Of operations that were asked for, the most consequential first."`
	Conduits      []string   `json:"conduits" doc:"That cover some of it."`
}

// BoundaryConduit is a conduit with what uses it.
type BoundaryConduit struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	From    string      `json:"from"`
	To      string      `json:"to"`
	Allow   []string    `json:"allow" doc:"In words: opcua (read, auth)."`
	Reason  string      `json:"reason"`
	Owners  AssetOwners `json:"owners"`
	Review  string      `json:"review" doc:"By when its owners look at it again; empty if no day is given."`
	Overdue bool        `json:"overdue" doc:"The review was due before today."`
	Expires string      `json:"expires" doc:"From when on it does not hold; empty for never."`
	Expired bool        `json:"expired"`
	Used    int64       `json:"used" doc:"Conversations that it covers."`
	Last    *time.Time  `json:"last" doc:"When it was used last."`
}

// BoundaryTalk is a conversation between zones and what covers it.
type BoundaryTalk struct {
	Conversation
	FromZone string   `json:"from_zone"`
	ToZone   string   `json:"to_zone"`
	State    string   `json:"state" enum:"covered,uncovered,attempt,aside,within,unknown"`
	Conduit  string   `json:"conduit" doc:"That covers it; empty if none does."`
	Why      string   `json:"why" doc:"A sentence: what covers it, or what is missing for it to be covered."`
	Kinds    []string `json:"kinds" doc:"Of operations that were asked for in it."`
}

// AssetOwner is who answers for something, and what names them.
type AssetOwner struct {
	ID   string `json:"id" doc:"Of a person or team; empty for nobody."`
	Name string `json:"name"`
	From string `json:"from" doc:"What names the owner: line line-2, zone office, site." example:"line line-2"`
}

// AssetOwners are the owners of something on each side.
type AssetOwners struct {
	IT         AssetOwner `json:"it"`
	Operations AssetOwner `json:"operations"`
}
