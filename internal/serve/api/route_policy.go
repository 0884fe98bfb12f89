package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// registerPolicy puts the routes of a boundary's policy on the mux. All have the
// site in their query, so that the guard holds it against those somebody is on.
func (s *Server) registerPolicy() {
	const post = http.MethodPost
	const created, ok = http.StatusCreated, http.StatusOK
	get(s, base+"/policy", about{"policy", "policy", account.Read, "How the boundary stands"}, s.policyState)
	get(s, base+"/policy/proposal", about{"policyProposal", "policy", account.Read, "Zones and conduits made from what was seen"}, s.policyProposal)
	raw(s, post, base+"/policy/simulate", about{"simulatePolicy", "policy", account.Read, "What a policy would have stopped, and how it differs from what is enforced"}, simulates, s.simulatePolicy)
	change(s, post, base+"/policy/marks", ok, about{"markBlocked", "policy", account.Operate, "Answer a kind of conversation that would be stopped"}, s.markBlocked)
	get(s, base+"/policy/flatness", about{"policyFlatness", "policy", account.Read, "How flat the network is, and what to close next"}, s.policyFlatness)
	get(s, base+"/policy/coverage", about{"policyCoverage", "policy", account.Read, "How much of the plant's life was recorded"}, s.policyCoverage)

	get(s, base+"/policy/revisions", about{"listRevisions", "policy", account.Read, "List revisions, the newest first"}, s.listRevisions)
	get(s, base+"/policy/revisions/{n}", about{"revision", "policy", account.Read, "One revision with its text and policy"}, s.revision)
	raw(s, post, base+"/policy/revisions", about{"addRevision", "policy", account.Edit, "Make a revision of the plant model or a text"}, revises, s.addRevision)
	change(s, post, base+"/policy/revisions/{n}/approve", ok, about{"approveRevision", "policy", account.Operate, "Approve a revision for a side"}, s.approveRevision)
	change(s, post, base+"/policy/revisions/{n}/apply", ok, about{"applyRevision", "policy", account.Edit, "Put a revision into force until it is confirmed"}, s.applyRevision)
	get(s, base+"/policy/apply", about{"policyApplied", "policy", account.Read, "What was applied last, and how it goes"}, s.policyApplied)
	change(s, post, base+"/policy/confirm", ok, about{"confirmPolicy", "policy", account.Edit, "Keep what was applied"}, s.confirmPolicy)
	change(s, post, base+"/policy/rollback", ok, about{"rollbackPolicy", "policy", account.Edit, "Put back what was in force before"}, s.rollbackPolicy)

	get(s, base+"/policy/proofs", about{"policyProofs", "policy", account.Read, "Whether the wall stands, in four ways"}, s.policyProofs)
	change(s, post, base+"/policy/prove", ok, about{"provePolicy", "policy", account.Operate, "Read back and probe the boundary now"}, s.provePolicy)
	raw(s, http.MethodGet, base+"/policy/export", about{"exportPolicy", "policy", account.Read, "A revision as a firewall's configuration"}, answers(ok, "text/plain", nil), s.exportPolicy)
	raw(s, post, base+"/policy/import", about{"importPolicy", "policy", account.Read, "Hold a firewall's configuration against a revision"}, compares, s.importPolicy)

	get(s, base+"/policy/containments", about{"listContainments", "policy", account.Read, "List what is contained or was, the newest first"}, s.listContainments)
	change(s, post, base+"/policy/containments/preview", ok, about{"previewContainment", "policy", account.Operate, "What a containment would stop"}, s.previewContainment)
	change(s, post, base+"/policy/containments", created, about{"addContainment", "policy", account.Operate, "Stop something for a time"}, s.addContainment)
	change(s, post, base+"/policy/containments/{id}/consent", ok, about{"consentContainment", "policy", account.Operate, "Consent for operations to what waits for it"}, s.consentContainment)
	change(s, http.MethodDelete, base+"/policy/containments/{id}", ok, about{"endContainment", "policy", account.Operate, "End a containment before its time"}, s.endContainment)
	get(s, base+"/policy/grants", about{"listGrants", "policy", account.Read, "List what the boundary lets through for a time"}, s.listGrants)
}

// Inputs of these routes.
type (
	simulateInput struct {
		ModelInput
		Body SimulateRequest
	}
	markInput struct {
		ModelInput
		Body NewMark
	}
	revisionsInput struct {
		ModelInput
		Page
	}
	revisionInput struct {
		ModelInput
		N int64 `path:"n" minimum:"1"`
	}
	newRevisionInput struct {
		ModelInput
		Body NewRevision
	}
	approveInput struct {
		ModelInput
		N    int64 `path:"n" minimum:"1"`
		Body Approve
	}
	applyInput struct {
		ModelInput
		N    int64 `path:"n" minimum:"1"`
		Body ApplyRequest
	}
	policyReasonInput struct {
		ModelInput
		Body PolicyReason
	}
	exportPolicyInput struct {
		ModelInput
		Brand      string   `query:"brand" required:"true" enum:"fortigate,opnsense,mikrotik,ios,asa"`
		Revision   int64    `query:"revision" minimum:"0" doc:"The newest signed one, else the newest, if it is left out."`
		Interfaces []string `query:"interfaces" maxItems:"64" doc:"What the device calls the interface or zone behind which a zone is: office=port1,plant=port2; =wan for everything else."`
		Own        []string `query:"own" maxItems:"64" doc:"The device's own addresses."`
		Family     string   `query:"family" enum:"4,6" doc:"Only of this family; both if it is left out."`
	}
	importPolicyInput struct {
		ModelInput
		Body PolicyImport
	}
	containmentsInput struct {
		ModelInput
		Page
		State string `query:"state" enum:"waiting,active,ended,failed"`
	}
	containmentTargetInput struct {
		ModelInput
		Body ContainmentTarget
	}
	containmentInput struct {
		ModelInput
		Body ContainmentRequest
	}
	containmentPath struct {
		ModelInput
		ID string `path:"id" maxLength:"64"`
	}
)

func simulates(s *Server, op *huma.Operation) {
	one[Simulation](s, op)
	op.MaxBodyBytes = maxModelBody
}

// revises documents that a text with errors is answered with what is wrong.
func revises(s *Server, op *huma.Operation) {
	answers(http.StatusCreated, "application/json", reflect.TypeFor[PolicyRevision]())(s, op)
	op.MaxBodyBytes = maxModelBody
	op.Responses["422"] = &huma.Response{Description: "The text has errors", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: s.schema(reflect.TypeFor[ModelRefusal]())}}}
}

// maxImportBody bounds a configuration as JSON.
const maxImportBody = 12 << 20

func compares(s *Server, op *huma.Operation) {
	one[PolicyCompared](s, op)
	op.MaxBodyBytes = maxImportBody
}
