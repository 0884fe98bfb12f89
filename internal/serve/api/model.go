package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// oneSite is the site that is asked for, which need not be named where there is
// only one.
func (s *Server) oneSite(ctx context.Context, site string) (string, error) {
	if site != "" {
		return site, nil
	}
	all, err := s.store.Sites(ctx)
	if err != nil {
		return "", err
	}
	switch len(all) {
	case 0:
		return "", refuse(ErrNotFound, "No site is known yet. One is when a sensor reports, or when its plant model is saved.")
	case 1:
		return all[0], nil
	}
	return "", refuse(ErrInvalid, fmt.Sprintf("There are %d sites: say which with site.", len(all)))
}

func (s *Server) model(w http.ResponseWriter, r *http.Request, in *ModelInput) error {
	site, err := s.oneSite(r.Context(), in.Site)
	if err != nil {
		return err
	}
	return s.writeModel(w, r, http.StatusOK, site)
}

// writeModel answers with the newest version, or with a proposal.
func (s *Server) writeModel(w http.ResponseWriter, r *http.Request, status int, site string) error {
	v, err := s.presentModel(r.Context(), site)
	if err != nil {
		return err
	}
	tag := versionTag(v.Version)
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	// A proposal and warnings change without a version: only an edit is told by
	// the tag, and the answer is always given.
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(body, '\n')) // the client is gone, which is no error of ours
	return nil
}

func (s *Server) presentModel(ctx context.Context, site string) (*PlantModel, error) {
	v, err := s.store.Model(ctx, site)
	if errors.Is(err, store.ErrNotFound) {
		v = store.ModelVersion{Site: site}
		v.Text, err = s.proposal(ctx, site)
	}
	if err != nil {
		return nil, err
	}
	return s.plantModel(&v), nil
}

func (s *Server) plantModel(v *store.ModelVersion) *PlantModel {
	m, problems := s.parsed.read(v.Text, s.opt.Now())
	if m == nil {
		// It was right when it was saved: an earlier version of the program was
		// less strict. The text is shown, so that it can be mended.
		m = &model.Model{Site: v.Site}
	}
	return &PlantModel{Site: v.Site, Version: v.Version, Text: v.Text, Model: m, Author: v.Author, At: when(v.At), Note: v.Note, Problems: each(problems, modelProblem)}
}

func modelProblem(p *model.Problem) ModelProblem {
	return ModelProblem{Severity: string(p.Severity), Line: p.Line, Column: p.Column, Length: p.Length, Path: p.Path, Message: p.Message, Hint: p.Hint}
}

// proposal is a first text, made from what was seen.
func (s *Server) proposal(ctx context.Context, site string) (string, error) {
	if s.opt.Policy != nil {
		p, err := s.opt.Policy.Propose(ctx, site)
		if err != nil {
			return "", err
		}
		return p.Text, nil
	}
	m, err := s.store.Map(ctx, site)
	if err != nil {
		return "", err
	}
	seen := make([]model.Seen, 0, len(m.Assets))
	for i := range m.Assets {
		a := &m.Assets[i]
		seen = append(seen, model.Seen{Network: a.Network, Kind: a.Kind, Level: a.Level, Role: a.Role})
	}
	return model.Propose(site, seen), nil
}

// parseFor reads a text that is meant for a site.
func (s *Server) parseFor(site, text string) (*model.Model, []model.Problem) {
	m, problems := model.Parse(text, s.opt.Now())
	if m != nil && m.Site != site {
		p := model.SiteProblem(text, fmt.Sprintf("the text is of site %q", m.Site), fmt.Sprintf("it is saved for site %q: write  site: %s", site, site))
		return nil, append([]model.Problem{p}, problems...)
	}
	return m, problems
}

func (s *Server) checkModel(w http.ResponseWriter, r *http.Request, in *body[ModelDraft]) error {
	ctx := r.Context()
	if err := s.within(ctx, in.Body.Site); err != nil {
		return err
	}
	text, err := edited(in.Body.Text, in.Body.Edits)
	if problem := new(model.EditError); errors.As(err, &problem) {
		return writeJSON(w, r, http.StatusOK, &ModelCheck{Problems: each([]model.Problem{editProblem(problem)}, modelProblem), Changes: []ModelChange{}})
	}
	if err != nil {
		return err
	}
	m, problems := s.parseFor(in.Body.Site, text)
	out := &ModelCheck{Problems: each(problems, modelProblem), Changes: []ModelChange{}}
	if in.Body.Whole {
		out.Text, out.Model = text, m
	}
	if m == nil {
		return writeJSON(w, r, http.StatusOK, out)
	}
	present, err := s.newest(ctx, in.Body.Site)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	out.Changes = each(model.Diff(present.model, m), modelChange)
	zones := map[string]string{}
	if out.Effect, err = s.effect(ctx, in.Body.Site, text, m, zones); err != nil {
		return err
	}
	if in.Body.Whole {
		out.Places = zones
	}
	return writeJSON(w, r, http.StatusOK, out)
}

// edited is a text with edits made to it.
func edited(text string, edits []ModelEdit) (string, error) {
	return model.Apply(text, each(edits, func(e *ModelEdit) model.Edit {
		return model.Edit{Op: model.Op(e.Op), Path: e.Path, Value: e.Value}
	}))
}

func editProblem(e *model.EditError) model.Problem {
	return model.Problem{Severity: model.Error, Line: 1, Column: 1, Length: 1, Path: e.Path, Message: e.Text}
}

func modelChange(d *model.Difference) ModelChange {
	return ModelChange{Path: d.Path, Op: string(d.Op), Old: d.Old, New: d.New, Says: d.Says}
}

// effect is where a site's assets would stand; it notes in zones where each does.
func (s *Server) effect(ctx context.Context, site, text string, m *model.Model, zones map[string]string) (*ModelEffect, error) {
	done, err := s.heavy.take(ctx, s.opt.Limits.Wait)
	if err != nil {
		return nil, err
	}
	defer done()
	out := &ModelEffect{PerZone: []ZoneEffect{}}
	placer := model.NewPlacer(m)
	after, before := map[string]int64{}, map[string]int64{}
	if err := s.store.AssetFacts(ctx, site, func(f *model.Facts, zone, line string) error {
		p := placer.Place(f)
		zones[f.ID] = p.Zone
		after[p.Zone]++
		before[zone]++
		if p.Zone == "" {
			out.Unplaced++
		} else {
			out.Placed++
		}
		if p.Zone != zone || p.Line != line {
			out.Moved++
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for i := range m.Zones {
		id := m.Zones[i].ID
		out.PerZone = append(out.PerZone, ZoneEffect{Zone: id, Assets: after[id], Before: before[id]})
	}
	return out, s.effectOnTalks(ctx, site, text, zones, out)
}

// effectWait bounds how long one who writes waits for what the text would do to
// conversations.
const effectWait = 1500 * time.Millisecond

// effectOnTalks counts the conversations that conduits would cover. It is left
// out where it takes too long.
func (s *Server) effectOnTalks(ctx context.Context, site, text string, zones map[string]string, out *ModelEffect) error {
	if s.opt.Words == nil {
		return nil
	}
	words, err := s.opt.Words(site, text, s.opt.Now())
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, effectWait)
	defer cancel()
	var covered, uncovered int64
	err = s.store.Talks(limited, site, func(client, server string, t *model.Talk) error {
		if t.From, t.To = zones[client], zones[server]; t.From == t.To {
			return nil
		}
		switch words.Judge(t).State {
		case model.StateCovered:
			covered++
		case model.StateUncovered:
			uncovered++
		}
		return nil
	})
	switch {
	case err == nil:
		out.Covered, out.Uncovered = &covered, &uncovered
	case limited.Err() == nil || ctx.Err() != nil:
		return err
	}
	return nil
}

func (s *Server) saveModel(w http.ResponseWriter, r *http.Request, in *saveModelInput) error {
	was, done, err := s.seenModel(w, r, in.Body.Site, in.IfMatch)
	if err != nil || done {
		return err
	}
	return s.putModel(w, r, in.Body.Site, in.Body.Text, in.Body.Note, was)
}

// seenModel is the version that the one who asks has seen and wants to change.
// Where another one was saved meanwhile the answer is written, and done is true.
func (s *Server) seenModel(w http.ResponseWriter, r *http.Request, site, ifMatch string) (was int64, done bool, err error) {
	if err := s.within(r.Context(), site); err != nil {
		return 0, false, err
	}
	if ifMatch == "" {
		return 0, false, refuse(ErrUnseen, "Send the model's ETag as If-Match, so that nobody's change is overwritten unseen.")
	}
	v, err := s.store.Model(r.Context(), site)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, false, err
	}
	if !tagMatches(ifMatch, versionTag(v.Version)) {
		return 0, true, s.writeModel(w, r, http.StatusPreconditionFailed, site)
	}
	return v.Version, false, nil
}

// placeWait is how long one who saves waits for the plant to be placed anew;
// what is left goes on without them.
const placeWait = 3 * time.Second

func (s *Server) putModel(w http.ResponseWriter, r *http.Request, site, text, note string, was int64) error {
	m, problems := s.parseFor(site, text)
	if m == nil {
		return refuseModel(w, problems)
	}
	ctx, cancel := context.WithTimeout(r.Context(), placeWait)
	defer cancel()
	version, err := s.store.PutModel(ctx, store.ModelVersion{Site: site, Text: text, Author: author(r), Note: note, At: s.opt.Now()}, was)
	if errors.Is(err, store.ErrConflict) {
		return s.writeModel(w, r, http.StatusPreconditionFailed, site)
	}
	if err != nil {
		return err
	}
	remark(r.Context(), "model of site "+site, fmt.Sprintf("version %d: %s", version, note))
	s.opt.Live.Publish(TopicModel, OpPut, site, nil)
	s.opt.Live.Publish(TopicOverview, OpPut, "", nil)
	return s.writeModel(w, r, http.StatusOK, site)
}

// author is who asks. Where nobody signs in it is where they ask from.
func author(r *http.Request) string {
	if who := person(r.Context()); who.Name != "" {
		return who.Name
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// refuseModel answers with what is wrong in a text.
func refuseModel(w http.ResponseWriter, problems []model.Problem) error {
	errs := 0
	for i := range problems {
		if problems[i].Severity == model.Error {
			errs++
		}
	}
	detail := "The text has an error."
	if errs > 1 {
		detail = fmt.Sprintf("The text has %d errors.", errs)
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusUnprocessableEntity)
	json.NewEncoder(w).Encode(ModelRefusal{ // the client is gone, which is no error of ours
		Type: "about:blank", Title: http.StatusText(http.StatusUnprocessableEntity), Status: http.StatusUnprocessableEntity, Detail: detail, Problems: each(problems, modelProblem),
	})
	return nil
}

func (s *Server) editModel(w http.ResponseWriter, r *http.Request, in *editModelInput) error {
	site := in.Body.Site
	was, done, err := s.seenModel(w, r, site, in.IfMatch)
	if err != nil || done {
		return err
	}
	v, err := s.presentModel(r.Context(), site)
	if err != nil {
		return err
	}
	if v.Version != was {
		return s.writeModel(w, r, http.StatusPreconditionFailed, site)
	}
	text, err := edited(v.Text, in.Body.Edits)
	if problem := new(model.EditError); errors.As(err, &problem) {
		return refuseModel(w, []model.Problem{editProblem(problem)})
	}
	if err != nil {
		return err
	}
	return s.putModel(w, r, site, text, in.Body.Note, was)
}

func (s *Server) listModelVersions(ctx context.Context, in *modelVersionsInput) (*List[ModelVersion], error) {
	site, err := s.oneSite(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	l, err := s.store.ModelVersions(ctx, site, in.Page.of(""))
	if err != nil {
		return nil, err
	}
	return page(l, func(v *store.ModelVersion) ModelVersion {
		return ModelVersion{Version: v.Version, Author: v.Author, At: when(v.At), Note: v.Note}
	}), nil
}

func (s *Server) modelVersion(ctx context.Context, in *modelVersionInput) (*PlantModel, error) {
	site, err := s.oneSite(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	v, err := s.store.ModelAt(ctx, site, in.N)
	if err != nil {
		return nil, err
	}
	return s.plantModel(&v), nil
}

func (s *Server) modelDifference(ctx context.Context, in *modelDifferenceInput) (*ModelDifference, error) {
	site, err := s.oneSite(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	to, err := s.versionOr(ctx, site, in.To)
	if err != nil {
		return nil, err
	}
	var from store.ModelVersion
	number := to.Version - 1
	if in.From >= 0 {
		number = in.From
	}
	if number > 0 {
		if from, err = s.store.ModelAt(ctx, site, number); err != nil {
			return nil, err
		}
	}
	a, _ := s.parsed.read(from.Text, time.Time{})
	b, problems := s.parsed.read(to.Text, time.Time{})
	if b == nil {
		return nil, refuse(ErrConflict, "The newer text has errors: "+problems[0].String())
	}
	return &ModelDifference{
		From: number, To: to.Version, Changes: each(model.Diff(a, b), modelChange),
		Diff: model.Unified(fmt.Sprintf("version %d", number), fmt.Sprintf("version %d", to.Version), from.Text, to.Text),
	}, nil
}

// versionOr is a version, the newest for 0.
func (s *Server) versionOr(ctx context.Context, site string, version int64) (store.ModelVersion, error) {
	if version == 0 {
		return s.store.Model(ctx, site)
	}
	return s.store.ModelAt(ctx, site, version)
}

// modelHeads are the newest versions of all sites, for the events.
func (s *Server) modelHeads(ctx context.Context, site string) ([]ModelHead, error) {
	sites, err := s.sites(ctx, site)
	if err != nil {
		return nil, err
	}
	heads := []ModelHead{}
	for _, site := range sites {
		if !s.sees(ctx, site) {
			continue
		}
		v, err := s.store.Model(ctx, site)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		heads = append(heads, ModelHead{Site: site, Version: v.Version})
	}
	return heads, nil
}

// kindNames are kinds of operation as JSON has them.
func kindNames(k model.Kinds) []string {
	return each(k.List(), func(k *plant.Kind) string { return k.String() })
}
