package api

import (
	"context"
	"net/http"
)

var errNoModel = refuse(ErrAbsent, "This program has no plant model.")

func (s *Server) model(w http.ResponseWriter, r *http.Request, in *ModelInput) error {
	return errNoModel
}

func (s *Server) checkModel(ctx context.Context, in *body[ModelText]) (*ModelCheck, error) {
	return nil, errNoModel
}

func (s *Server) saveModel(w http.ResponseWriter, r *http.Request, in *saveModelInput) error {
	return errNoModel
}

func (s *Server) editModel(w http.ResponseWriter, r *http.Request, in *editModelInput) error {
	return errNoModel
}

func (s *Server) listModelVersions(ctx context.Context, in *modelVersionsInput) (*List[ModelVersion], error) {
	return nil, errNoModel
}

func (s *Server) modelVersion(ctx context.Context, in *modelVersionInput) (*PlantModel, error) {
	return nil, errNoModel
}

func (s *Server) modelDifference(ctx context.Context, in *modelDifferenceInput) (*ModelDifference, error) {
	return nil, errNoModel
}

func (s *Server) boundary(ctx context.Context, in *boundaryInput) (*Boundary, error) {
	return nil, errNoModel
}

func (s *Server) listBoundaryConversations(ctx context.Context, in *boundaryTalkInput) (*List[BoundaryTalk], error) {
	return nil, errNoModel
}
