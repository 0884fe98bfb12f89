package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// calls are those of the console's pages. Identifiers and cursors are asked for
// first.
func (c *client) calls(ctx context.Context) ([]call, error) {
	assets, err := get[list](ctx, c, "/assets?limit=200&sort=name")
	if err != nil || len(assets.Items) < 200 {
		return nil, fmt.Errorf("%d assets: %w", len(assets.Items), err)
	}
	a := "/assets/" + assets.Items[57].ID
	var all []call
	for _, page := range []string{"overview", "answer", "sensors", "history", "decisions", "views", "map", "traffic", "boundary", "model", "session"} {
		all = append(all, call{name: page, path: "/" + page})
	}
	all = append(all,
		call{name: "map of a zone's assets, a page of 1,000", path: "/assets?limit=1000&zone=z07"},
		call{name: "map, a day ago", path: "/map?at=" + url.QueryEscape(time.Now().UTC().Add(-24*time.Hour).Truncate(time.Minute).Format(time.RFC3339))},
		call{name: "map, two days", path: "/map/difference?" + days(0, 1)},
		call{name: "assets, 200", path: "/assets?limit=200"},
		call{name: "assets, 1,000", path: "/assets?limit=1000"},
	)
	for _, by := range []string{"name", "role", "vendor", "level", "kind", "side", "network", "zone", "line", "first_seen", "last_seen", "findings"} {
		all = append(all, call{name: "assets by " + by, path: "/assets?limit=200&sort=" + by}, call{name: "assets by -" + by, path: "/assets?limit=200&sort=-" + by})
	}
	for _, f := range []string{"vendor=Siemens", "role=controller", "kind=device", "side=ot", "level=1", "protocol=modbus", "network=" + url.QueryEscape("10.0.7.0/24"), "zone=z07", "zone=none", "line=none", "owner=anna", "owner=none", "finding=any", "q=z07-unit", "q=unit-49998", "q=1500+V2", "q=nothing-like-it", "q=10.0.7.12"} {
		all = append(all, call{name: "assets, " + f, path: "/assets?limit=200&" + f}, call{name: "facets, " + f, path: "/assets/facets?" + f})
	}
	deep, err := c.deep(ctx, "/assets?limit=1000&sort=-last_seen", 40)
	if err != nil {
		return nil, err
	}
	all = append(all,
		call{name: "assets, the 41st page of 1,000 by -last_seen", path: deep},
		call{name: "facets", path: "/assets/facets"},
		call{name: "asset", path: a}, call{name: "its peers", path: a + "/peers?limit=12&sort=-bytes"}, call{name: "its operations", path: a + "/operations?limit=12&sort=-last_seen"}, call{name: "its decisions", path: "/decisions?asset=" + assets.Items[57].ID},
		call{name: "traffic of an asset", path: "/traffic?asset=" + assets.Items[57].ID},
	)
	for _, f := range []string{"", "&covered=false", "&covered=true", "&from_zone=z07", "&from_zone=z07&to_zone=z08", "&state=attempt", "&sort=-bytes"} {
		all = append(all, call{name: "boundary conversations " + f, path: "/boundary/conversations?limit=12" + f})
	}
	for _, f := range []string{"", "&sort=-last_seen", "&sort=-bytes", "&protocol=modbus", "&crossing=true", "&asset=" + assets.Items[57].ID} {
		all = append(all, call{name: "conversations " + short(f), path: "/conversations?limit=100" + f})
	}
	for _, f := range []string{"", "&sort=-last_seen", "&kind=write&sort=-last_seen", "&kind=read&sort=-last_seen", "&crossing=true&sort=-last_seen"} {
		all = append(all, call{name: "operations " + f, path: "/operations?limit=100" + f})
	}
	text, err := c.modelText(ctx)
	if err != nil {
		return nil, err
	}
	return append(all,
		call{name: "findings", path: "/findings?limit=100"}, call{name: "findings, high", path: "/findings?limit=100&level=high"},
		call{name: "model versions", path: "/model/versions?limit=100"}, call{name: "model difference", path: "/model/difference"},
		call{name: "model check", path: "/model/check", method: http.MethodPost, body: map[string]string{"site": "big", "text": text}},
		call{name: "ledger", path: "/ledger?limit=100"},
	), nil
}

func days(from, to int) string {
	now := time.Now().UTC()
	return "from=" + now.AddDate(0, 0, -to).Format(time.DateOnly) + "&to=" + now.AddDate(0, 0, -from).Format(time.DateOnly)
}

// short leaves out an identifier, which is another one in each plant.
func short(f string) string { return f[:min(len(f), 16)] }

// deep walks a list for some pages and is the path of the next.
func (c *client) deep(ctx context.Context, path string, pages int) (string, error) {
	at := path
	for range pages {
		l, err := get[list](ctx, c, at)
		if err != nil || l.Next == "" {
			return at, err
		}
		at = path + "&cursor=" + url.QueryEscape(l.Next)
	}
	return at, nil
}
