package api

import "net/http"

const (
	mediaCSV  = "text/csv"
	mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

var errSoon = refuse(ErrAbsent, "This build has no export yet.")

func (s *Server) exportAssets(http.ResponseWriter, *http.Request, *exportAssetsInput) error {
	return errSoon
}

func (s *Server) exportFindings(http.ResponseWriter, *http.Request, *exportFindingsInput) error {
	return errSoon
}

func (s *Server) exportConversations(http.ResponseWriter, *http.Request, *exportConversationsInput) error {
	return errSoon
}

func (s *Server) exportOperations(http.ResponseWriter, *http.Request, *exportOperationsInput) error {
	return errSoon
}

func (s *Server) exportChanges(http.ResponseWriter, *http.Request, *exportChangesInput) error {
	return errSoon
}
