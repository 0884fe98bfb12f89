package api

import "context"

func (s *Server) mapDifference(context.Context, *differenceInput) (*MapDifference, error) {
	return nil, refuse(ErrAbsent, "This build cannot compare days yet.")
}
