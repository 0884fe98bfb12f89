package wall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Bounds of the socket. Those who may use it are few and trusted; a mistake of
// theirs must not take the box's memory.
const (
	maxBody   = 2 * policy.MaxText
	maxSimple = 1 << 20 // of everything but an apply
)

// serve answers at the socket until ctx ends.
func (s *Server) serve(ctx context.Context) error {
	h := &http.Server{
		Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 16,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, peerKey{}, peerOf(c, s.c.Group))
		},
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(s.socket) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", s.c.Socket, err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := h.Shutdown(last)
	<-ended
	return err
}

// peer is who is at the other end of a connection.
type peer struct {
	who string // "host uid 0"
	may bool
}

type peerKey struct{}

// routes are what can be asked.
func (s *Server) routes() http.Handler {
	m := http.NewServeMux()
	m.Handle("GET /status", answer(func(*http.Request) (any, error) { return s.Status(), nil }))
	m.Handle("GET /readback", answer(func(*http.Request) (any, error) { return s.ReadBack(), nil }))
	m.Handle("POST /probe", answer(func(r *http.Request) (any, error) { return s.Probe(r.Context()) }))
	m.Handle("GET /denials", answer(s.routeDenials))
	m.Handle("POST /apply", answer(func(r *http.Request) (any, error) {
		return with(r, maxBody, func(x *ApplyRequest) (*Pending, error) { return s.Apply(x) })
	}))
	m.Handle("POST /confirm", answer(func(r *http.Request) (any, error) {
		return with(r, maxSimple, func(x *EndRequest) (*Pending, error) { return s.Confirm(*x) })
	}))
	m.Handle("POST /rollback", answer(func(r *http.Request) (any, error) {
		return with(r, maxSimple, func(x *EndRequest) (*Outcome, error) { return s.Rollback(*x) })
	}))
	m.Handle("POST /open", answer(func(r *http.Request) (any, error) {
		return with(r, maxSimple, func(x *EndRequest) (any, error) { return nil, s.OpenWall(*x) })
	}))
	m.Handle("POST /close", answer(func(r *http.Request) (any, error) {
		return with(r, maxSimple, func(x *EndRequest) (any, error) { return nil, s.CloseWall(*x) })
	}))
	m.Handle("POST /grants", answer(func(r *http.Request) (any, error) {
		return with(r, maxSimple, func(x *GrantRequest) (any, error) { return nil, s.Grant(*x) })
	}))
	m.Handle("DELETE /grants/{id}", answer(func(r *http.Request) (any, error) {
		return with(r, maxSimple, func(x *EndRequest) (any, error) { return nil, s.Revoke(r.PathValue("id"), *x) })
	}))
	m.Handle("POST /containments", answer(func(r *http.Request) (any, error) {
		return with(r, maxSimple, func(x *policy.Containment) (*Contained, error) { return s.Contain(*x) })
	}))
	m.Handle("DELETE /containments/{id}", answer(func(r *http.Request) (any, error) {
		return with(r, maxSimple, func(x *EndRequest) (any, error) { return nil, s.Release(r.PathValue("id"), *x) })
	}))
	return s.admit(m)
}

func (s *Server) routeDenials(r *http.Request) (any, error) {
	q := r.URL.Query()
	var since uint64
	if text := q.Get("since"); text != "" {
		var err error
		if since, err = strconv.ParseUint(text, 10, 64); err != nil {
			return nil, fmt.Errorf("%w: since: %q is no number", ErrInvalid, text)
		}
	}
	return s.Denials(q.Get("epoch"), since), nil
}

// admit lets those in that may use the socket. Its mode does so too: this holds
// where somebody has loosened that.
func (s *Server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, _ := r.Context().Value(peerKey{}).(peer)
		if !p.may {
			s.c.Log.Warn("refused", "peer", p.who, "path", r.URL.Path)
			send(w, http.StatusForbidden, problem{"invalid", p.who + " may not use the boundary: be root or in the group " + s.c.Group})
			return
		}
		if r.Method != http.MethodGet {
			s.c.Log.Info("asked", "peer", p.who, "method", r.Method, "path", r.URL.Path)
		}
		next.ServeHTTP(w, r)
	})
}

// with reads a request's body and does what it asks for.
func with[T, A any](r *http.Request, most int64, do func(*T) (A, error)) (any, error) {
	x := new(T)
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, most))
	d.DisallowUnknownFields()
	if err := d.Decode(x); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, fmt.Errorf("%w: it has more than %d bytes", ErrInvalid, large.Limit)
		}
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return do(x)
}

// answer makes a handler of something that returns a value or an error.
func answer(do func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := do(r)
		if err != nil {
			p, status := problemOf(err)
			send(w, status, p)
			return
		}
		if a == nil {
			a = struct{}{}
		}
		send(w, http.StatusOK, a)
	})
}

func send(w http.ResponseWriter, status int, a any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(a) // who went away does not need it
}
