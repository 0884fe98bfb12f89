package api

import (
	"context"
)

func (s *Server) listCaptures(ctx context.Context, in *sitePageInput) (*List[Job], error) {
	l, err := s.store.Captures(ctx, in.Site, "", in.Page.of(""))
	if err != nil {
		return nil, err
	}
	out := &List[Job]{Items: []Job{}, Next: l.Next, Total: l.Total, More: l.More}
	for i := range l.Items {
		out.Items = append(out.Items, *NewJob(&l.Items[i]))
	}
	return out, nil
}

func (s *Server) capture(ctx context.Context, in *jobInput) (*Job, error) {
	c, err := s.store.Capture(ctx, in.ID)
	if err == nil {
		err = s.within(ctx, c.Site)
	}
	if err != nil {
		return nil, err
	}
	return NewJob(&c), nil
}

func (s *Server) cancelCapture(ctx context.Context, in *jobInput) (*Job, error) {
	if s.opt.Importer == nil {
		return nil, refuse(ErrAbsent, "This program does not import captures.")
	}
	if isConfined(ctx) {
		before, err := s.store.Capture(ctx, in.ID)
		if err == nil {
			err = s.within(ctx, before.Site)
		}
		if err != nil {
			return nil, err
		}
	}
	c, err := s.opt.Importer.Cancel(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return NewJob(&c), nil
}
