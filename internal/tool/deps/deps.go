// Package deps keeps modules in go.mod that work in progress needs. It goes when
// that work has landed.
package deps

import (
	_ "github.com/danielgtaylor/huma/v2"
	_ "github.com/danielgtaylor/huma/v2/adapters/humago"
	_ "github.com/danielgtaylor/huma/v2/sse"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/landlock-lsm/go-landlock/landlock"
	_ "github.com/minio/minio-go/v7"
	_ "github.com/nats-io/nats-server/v2/server"
	_ "github.com/nats-io/nats.go/jetstream"
	_ "github.com/parquet-go/parquet-go"
	_ "github.com/pressly/goose/v3"
	_ "github.com/prometheus/client_golang/prometheus/promhttp"
	_ "golang.org/x/net/bpf"
	_ "kernel.org/pub/linux/libs/security/libcap/cap"
	_ "modernc.org/sqlite"
)
