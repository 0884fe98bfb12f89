// Package deps keeps modules in go.mod that packages in the making will use.
package deps

import (
	_ "github.com/florianl/go-nflog/v2"
	_ "github.com/gaissmai/bart"
	_ "github.com/google/nftables"
	_ "github.com/mdlayher/netlink"
	_ "github.com/vishvananda/netlink"
	_ "github.com/vishvananda/netns"
	_ "go4.org/netipx"
	_ "gonum.org/v1/gonum/graph/community"
)
