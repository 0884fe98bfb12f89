package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// registerModel puts the routes of the plant model and the boundary on the mux.
func (s *Server) registerModel() {
	const put, post = http.MethodPut, http.MethodPost
	raw(s, http.MethodGet, base+"/model", about{"model", "model", account.Read, "The plant in its people's words"}, modelShape, s.model)
	raw(s, post, base+"/model/check", about{"checkModel", "model", account.Edit, "Say what a text would do, and what is wrong in it"}, checksModel, s.checkModel)
	raw(s, put, base+"/model", about{"saveModel", "model", account.Edit, "Save a text as the next version"}, savesModel, s.saveModel)
	raw(s, post, base+"/model/edit", about{"editModel", "model", account.Edit, "Change single values; the text keeps its comments"}, savesModel, s.editModel)
	get(s, base+"/model/versions", about{"listModelVersions", "model", account.Read, "List saved versions, the newest first"}, s.listModelVersions)
	get(s, base+"/model/versions/{n}", about{"modelVersion", "model", account.Read, "One saved version"}, s.modelVersion)
	get(s, base+"/model/difference", about{"modelDifference", "model", account.Read, "How two versions differ"}, s.modelDifference)

	get(s, base+"/boundary", about{"boundary", "boundary", account.Read, "What crosses between zones, and what covers it"}, s.boundary)
	get(s, base+"/boundary/conversations", about{"listBoundaryConversations", "boundary", account.Read, "List conversations between zones with what covers them"}, s.listBoundaryConversations)
}

// Inputs of these routes. A site may be left out where there is only one.
type (
	// ModelInput names the site. It is exported because the document leaves out
	// what an unexported part of an input reads.
	ModelInput struct {
		Site string `query:"site" maxLength:"128" doc:"Needed only where there are several."`
	}
	saveModelInput struct {
		IfMatch string `header:"If-Match" maxLength:"64" doc:"The ETag of the version that the text was made from."`
		Body    ModelText
	}
	editModelInput struct {
		IfMatch string `header:"If-Match" maxLength:"64" doc:"The ETag of the version that is changed."`
		Body    ModelEdits
	}
	modelVersionsInput struct {
		ModelInput
		Page
	}
	modelVersionInput struct {
		ModelInput
		N int64 `path:"n" minimum:"1"`
	}
	modelDifferenceInput struct {
		ModelInput
		From int64 `query:"from" minimum:"-1" default:"-1" doc:"The version before to if it is left out or -1; 0 is before the first."`
		To   int64 `query:"to" minimum:"1" doc:"The newest if it is left out."`
	}
	boundaryInput struct {
		ModelInput
		SpanInput
	}
	boundaryTalkInput struct {
		ModelInput
		SpanInput
		Page
		FromZone string `query:"from_zone" maxLength:"64"`
		ToZone   string `query:"to_zone" maxLength:"64"`
		State    string `query:"state" enum:"covered,uncovered,attempt,aside,within,unknown"`
		Covered  string `query:"covered" enum:"true,false" doc:"true is the state covered; false is uncovered and attempt."`
		Conduit  string `query:"conduit" maxLength:"64" doc:"Only what this conduit covers."`
		Sort     string `query:"sort" enum:"bytes,-bytes,packets,-packets,last_seen,-last_seen,first_seen,-first_seen" default:"-bytes"`
	}
)

// modelShape documents the entity tag that an edit needs.
func modelShape(s *Server, op *huma.Operation) {
	answers(http.StatusOK, "application/json", reflect.TypeFor[PlantModel]())(s, op)
	op.Responses["200"].Headers = map[string]*huma.Param{"ETag": {Description: `The version, as "v3": give it as If-Match to change it.`, Schema: &huma.Schema{Type: huma.TypeString}}}
}

func savesModel(s *Server, op *huma.Operation) {
	modelShape(s, op)
	op.MaxBodyBytes = maxModelBody
	op.Responses["412"] = &huma.Response{Description: "Somebody saved another version meanwhile: this is how it is now.", Content: map[string]*huma.MediaType{"application/json": {Schema: s.schema(reflect.TypeFor[PlantModel]())}}}
	op.Responses["422"] = &huma.Response{Description: "The text has errors", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: s.schema(reflect.TypeFor[ModelRefusal]())}}}
}

func checksModel(s *Server, op *huma.Operation) {
	one[ModelCheck](s, op)
	op.MaxBodyBytes = maxModelBody
}

// maxModelBody bounds a text as JSON: its quotes and line ends are two bytes.
const maxModelBody = 6 << 20
