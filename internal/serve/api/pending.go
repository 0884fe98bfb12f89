package api

import (
	"context"
	"net/http"
)

func routeOf(context.Context) string { return "" }

var errPending = refuse(ErrAbsent, "This route is not built yet.")

func pending[I, T any](context.Context, *I) (*T, error)              { return nil, errPending }
func pendingRaw[I any](http.ResponseWriter, *http.Request, *I) error { return errPending }
func (s *Server) overview(c context.Context, i *siteInput) (*Overview, error) {
	return pending[siteInput, Overview](c, i)
}

func (s *Server) plantMap(c context.Context, i *mapInput) (*Map, error) {
	return pending[mapInput, Map](c, i)
}

func (s *Server) traffic(c context.Context, i *trafficInput) (*Traffic, error) {
	return pending[trafficInput, Traffic](c, i)
}

func (s *Server) listAssets(c context.Context, i *assetListInput) (*List[AssetRow], error) {
	return pending[assetListInput, List[AssetRow]](c, i)
}

func (s *Server) assetFacets(c context.Context, i *AssetFilter) (*Facets, error) {
	return pending[AssetFilter, Facets](c, i)
}

func (s *Server) asset(c context.Context, i *assetInput) (*Asset, error) {
	return pending[assetInput, Asset](c, i)
}

func (s *Server) assetPeers(c context.Context, i *assetPeersInput) (*List[Peer], error) {
	return pending[assetPeersInput, List[Peer]](c, i)
}

func (s *Server) assetOperations(c context.Context, i *assetOperationsInput) (*List[Operation], error) {
	return pending[assetOperationsInput, List[Operation]](c, i)
}

func (s *Server) listConversations(c context.Context, i *conversationListInput) (*List[Conversation], error) {
	return pending[conversationListInput, List[Conversation]](c, i)
}

func (s *Server) listOperations(c context.Context, i *operationListInput) (*List[Operation], error) {
	return pending[operationListInput, List[Operation]](c, i)
}

func (s *Server) listFindings(c context.Context, i *findingListInput) (*List[Finding], error) {
	return pending[findingListInput, List[Finding]](c, i)
}

func (s *Server) finding(c context.Context, i *findingInput) (*Finding, error) {
	return pending[findingInput, Finding](c, i)
}

func (s *Server) listSensors(c context.Context, i *siteInput) (*List[Sensor], error) {
	return pending[siteInput, List[Sensor]](c, i)
}

func (s *Server) sensor(c context.Context, i *sensorInput) (*Sensor, error) {
	return pending[sensorInput, Sensor](c, i)
}

func (s *Server) packets(w http.ResponseWriter, r *http.Request, i *PacketQuery) error {
	return pendingRaw(w, r, i)
}

func (s *Server) keepPackets(c context.Context, i *keepInput) (*KeptPackets, error) {
	return pending[keepInput, KeptPackets](c, i)
}

func (s *Server) listKept(c context.Context, i *Page) (*List[KeptPackets], error) {
	return pending[Page, List[KeptPackets]](c, i)
}

func (s *Server) keptPackets(w http.ResponseWriter, r *http.Request, i *keptInput) error {
	return pendingRaw(w, r, i)
}

func (s *Server) importCapture(w http.ResponseWriter, r *http.Request, i *uploadInput) error {
	return pendingRaw(w, r, i)
}

func (s *Server) listCaptures(c context.Context, i *Page) (*List[Job], error) {
	return pending[Page, List[Job]](c, i)
}

func (s *Server) capture(c context.Context, i *jobInput) (*Job, error) {
	return pending[jobInput, Job](c, i)
}

func (s *Server) cancelCapture(c context.Context, i *jobInput) (*Job, error) {
	return pending[jobInput, Job](c, i)
}

func (s *Server) history(c context.Context, i *noInput) (*History, error) {
	return pending[noInput, History](c, i)
}

func (s *Server) setRetention(c context.Context, i *retentionInput) (*Retention, error) {
	return pending[retentionInput, Retention](c, i)
}

func (s *Server) settings(c context.Context, i *noInput) (*Settings, error) {
	return pending[noInput, Settings](c, i)
}

func (s *Server) events(w http.ResponseWriter, r *http.Request, i *eventsInput) error {
	return pendingRaw(w, r, i)
}

func (s *Server) healthz(w http.ResponseWriter, r *http.Request, i *noInput) error {
	return pendingRaw(w, r, i)
}

func (s *Server) readyz(w http.ResponseWriter, r *http.Request, i *noInput) error {
	return pendingRaw(w, r, i)
}

func (s *Server) metricsPage(w http.ResponseWriter, r *http.Request, i *noInput) error {
	return pendingRaw(w, r, i)
}
