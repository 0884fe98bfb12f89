package api

import (
	"context"
	"net/http"
)

var errNoPolicy = refuse(ErrAbsent, "This installation has no boundary policy yet.")

func (s *Server) policyState(context.Context, *ModelInput) (*PolicyState, error) {
	return nil, errNoPolicy
}

func (s *Server) policyProposal(context.Context, *ModelInput) (*PolicyProposal, error) {
	return nil, errNoPolicy
}

func (s *Server) simulatePolicy(http.ResponseWriter, *http.Request, *simulateInput) error {
	return errNoPolicy
}

func (s *Server) policyFlatness(context.Context, *ModelInput) (*Flatness, error) {
	return nil, errNoPolicy
}

func (s *Server) policyCoverage(context.Context, *ModelInput) (*LearningCoverage, error) {
	return nil, errNoPolicy
}

func (s *Server) listRevisions(context.Context, *revisionsInput) (*List[PolicyRevision], error) {
	return nil, errNoPolicy
}

func (s *Server) revision(context.Context, *revisionInput) (*PolicyRevision, error) {
	return nil, errNoPolicy
}

func (s *Server) addRevision(http.ResponseWriter, *http.Request, *newRevisionInput) error {
	return errNoPolicy
}

func (s *Server) approveRevision(context.Context, *approveInput) (*PolicyRevision, error) {
	return nil, errNoPolicy
}

func (s *Server) applyRevision(context.Context, *applyInput) (*PolicyApplied, error) {
	return nil, errNoPolicy
}

func (s *Server) policyApplied(context.Context, *ModelInput) (*PolicyApplied, error) {
	return nil, errNoPolicy
}

func (s *Server) confirmPolicy(context.Context, *ModelInput) (*PolicyApplied, error) {
	return nil, errNoPolicy
}

func (s *Server) rollbackPolicy(context.Context, *policyReasonInput) (*PolicyApplied, error) {
	return nil, errNoPolicy
}

func (s *Server) policyProofs(context.Context, *ModelInput) (*PolicyProofs, error) {
	return nil, errNoPolicy
}

func (s *Server) provePolicy(context.Context, *ModelInput) (*PolicyProofs, error) {
	return nil, errNoPolicy
}

func (s *Server) exportPolicy(http.ResponseWriter, *http.Request, *exportPolicyInput) error {
	return errNoPolicy
}

func (s *Server) importPolicy(http.ResponseWriter, *http.Request, *importPolicyInput) error {
	return errNoPolicy
}

func (s *Server) listContainments(context.Context, *containmentsInput) (*List[PolicyContainment], error) {
	return nil, errNoPolicy
}

func (s *Server) previewContainment(context.Context, *containmentTargetInput) (*ContainmentPreview, error) {
	return nil, errNoPolicy
}

func (s *Server) addContainment(context.Context, *containmentInput) (*PolicyContainment, error) {
	return nil, errNoPolicy
}

func (s *Server) consentContainment(context.Context, *containmentPath) (*PolicyContainment, error) {
	return nil, errNoPolicy
}

func (s *Server) endContainment(context.Context, *containmentPath) (*PolicyContainment, error) {
	return nil, errNoPolicy
}

func (s *Server) listGrants(context.Context, *ModelInput) (*List[PolicyGrant], error) {
	return nil, errNoPolicy
}

func (s *Server) markBlocked(context.Context, *markInput) (*BlockMark, error) {
	return nil, errNoPolicy
}
