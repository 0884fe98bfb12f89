package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

func (s *Server) listViews(ctx context.Context, in *viewListInput) (*List[View], error) {
	me := person(ctx)
	all, err := s.store.Views(ctx, me.ID, in.Page)
	if err != nil {
		return nil, err
	}
	return &List[View]{Items: each(all, func(v *store.View) View { return view(v, me) }), Total: int64(len(all))}, nil
}

func view(v *store.View, me store.Person) View {
	return View{
		ID: v.ID, Page: v.Page, Name: v.Name, Query: v.Query, Shared: v.Shared, Owner: v.Owner.Name, Mine: v.Owner.ID == me.ID,
		Changed: v.Changed.UTC(), ETag: versionTag(v.Version),
	}
}

func (s *Server) addView(w http.ResponseWriter, r *http.Request, in *viewInput) error {
	me := person(r.Context())
	v, err := s.store.PutView(r.Context(), store.View{
		ID: rand.Text(), Page: in.Body.Page, Name: in.Body.Name, Query: in.Body.Query, Shared: in.Body.Shared, Owner: me, Changed: s.opt.Now(),
	})
	if err != nil {
		return viewProblem(err)
	}
	return s.writeView(w, r, http.StatusCreated, &v, me)
}

func (s *Server) changeView(w http.ResponseWriter, r *http.Request, in *viewChangeInput) error {
	me := person(r.Context())
	v, err := s.ownView(w, r, in.ID, in.IfMatch, me)
	if err != nil || v == nil {
		return err
	}
	v.Name, v.Query, v.Shared, v.Changed = in.Body.Name, in.Body.Query, in.Body.Shared, s.opt.Now()
	changed, err := s.store.PutView(r.Context(), *v)
	if errors.Is(err, store.ErrConflict) {
		return s.staleView(w, r, in.ID, me)
	}
	if err != nil {
		return viewProblem(err)
	}
	return s.writeView(w, r, http.StatusOK, &changed, me)
}

func (s *Server) removeView(w http.ResponseWriter, r *http.Request, in *viewRemoveInput) error {
	me := person(r.Context())
	v, err := s.ownView(w, r, in.ID, in.IfMatch, me)
	if err != nil || v == nil {
		return err
	}
	err = s.store.DeleteView(r.Context(), in.ID, v.Version)
	if errors.Is(err, store.ErrConflict) {
		return s.staleView(w, r, in.ID, me)
	}
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// ownView is a view that the one who asks may change and has seen as it is. It
// is nil without an error where the answer is written already.
func (s *Server) ownView(w http.ResponseWriter, r *http.Request, id, ifMatch string, me store.Person) (*store.View, error) {
	v, err := s.store.View(r.Context(), id)
	switch {
	case err != nil:
		return nil, err
	case v.Owner.ID != me.ID && !v.Shared:
		return nil, store.ErrNotFound // others' own views are nobody else's business
	case v.Owner.ID != me.ID:
		return nil, refuse(ErrDenied, fmt.Sprintf("This view belongs to %s. Save one of your own under another name.", v.Owner.Name))
	case ifMatch == "":
		return nil, refuse(ErrUnseen, "Send the view's etag as If-Match, so that nobody's change is overwritten unseen.")
	case !tagMatches(ifMatch, versionTag(v.Version)):
		return nil, s.staleView(w, r, id, me)
	}
	return &v, nil
}

// staleView answers with the view as it is now.
func (s *Server) staleView(w http.ResponseWriter, r *http.Request, id string, me store.Person) error {
	v, err := s.store.View(r.Context(), id)
	if err != nil {
		return err
	}
	return s.writeView(w, r, http.StatusPreconditionFailed, &v, me)
}

func (s *Server) writeView(w http.ResponseWriter, r *http.Request, status int, v *store.View, me store.Person) error {
	w.Header().Set("ETag", versionTag(v.Version))
	return writeJSON(w, r, status, view(v, me))
}

func viewProblem(err error) error {
	switch {
	case errors.Is(err, store.ErrExists):
		return refuse(ErrConflict, "You have a view of this name on this page already.")
	case errors.Is(err, store.ErrTooMany):
		return refuse(ErrConflict, "You have as many views as there may be. Remove one first.")
	}
	return err
}

// versionTag is the entity tag of something that is counted up with each change.
func versionTag(version int64) string {
	return `"v` + strconv.FormatInt(version, 10) + `"`
}
