# Bulkhead. `make` prints what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
GO    ?= go
BIN   := bin/bulkhead
TIME  ?= 120s
export CGO_ENABLED ?= 0

.PHONY: help build console console-check demo report deb check format vet test accept vuln bench bench-live bench-console bench-boundary fuzz clean

help: ## Print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

build: ## Build the program into bin/, with the console if it is built
	$(GO) build -trimpath -ldflags="-s -w" $(if $(wildcard console/dist/index.html),-tags console) -o $(BIN) ./cmd/bulkhead

console: ## Build the web console, which the next build puts into the program
	cd console && npm ci --no-audit --no-fund && npm run build

console-check: ## Check and test the console (skipped without Node)
	@if ! command -v node >/dev/null; then echo "skip console-check: node is not installed"; exit 0; fi; \
	set -e; cd console; [ -d node_modules ] || npm ci --no-audit --no-fund; npm run check; npm test; npm run build; $(MAKE) --no-print-directory -C .. build; npm run browser

demo: ## Build everything and show the console on a simulated plant
	@if command -v npm >/dev/null; then [ -f console/dist/index.html ] || $(MAKE) --no-print-directory console; \
	else echo "npm is not installed: the console will be a placeholder page"; fi
	@$(MAKE) --no-print-directory build
	./$(BIN) demo $(DEMO)

report: build ## Analyze a capture of the simulated plant and write report/report.html
	@mkdir -p report
	./$(BIN) lab write --out report/plant.pcap
	./$(BIN) analyze --html report/report.html report/plant.pcap
	@echo; echo "The full report: file://$(CURDIR)/report/report.html"

deb: build ## Build a Debian package into bin/
	deploy/debian/build bin/bulkhead.deb $(VERSION)

check: format vet test console-check accept vuln ## Run every check and test

format:
	@out=$$($(GO) tool gofumpt -l .); if [ -n "$$out" ]; then echo "run: go tool gofumpt -w $$out"; exit 1; fi

vet:
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

test:
	$(GO) test $(TESTFLAGS) ./...

accept: build ## Hold the program against the captures in ../shared (skipped where they are absent)
	python3 test/accept/run.py ./$(BIN)

vuln:
	@out=$$($(GO) tool govulncheck ./... 2>&1); status=$$?; \
	if [ $$status -ne 0 ] && grep -q 'fetching vulnerabilities' <<<"$$out"; then echo "skip govulncheck: the vulnerability database cannot be reached"; \
	else echo "$$out"; [ $$status -eq 0 ] || exit $$status; fi
	@if ! command -v npm >/dev/null; then echo "skip npm audit: npm is not installed"; exit 0; fi; \
	out=$$(cd console && npm audit --audit-level=high 2>&1); status=$$?; \
	if [ $$status -ne 0 ] && grep -qE 'audit endpoint|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|E40[0-9]|E50[0-9]' <<<"$$out"; then echo "skip npm audit: the registry does not answer audits"; \
	else echo "$$out" | tail -n 3; exit $$status; fi

bench: build ## Measure packets per second beside tshark, nfpcapd and Zeek where installed; the console's size and frame times
	$(GO) run ./internal/tool/bench -bin ./$(BIN)
	@if command -v node >/dev/null; then cd console && npm run -s build && npm run -s measure; else echo "skip the console's measurements: node is not installed"; fi

bench-live: ## Find the rate up to which live capture loses nothing, beside tcpdump (root)
	$(GO) build -o bin/livebench ./internal/tool/livebench
	./bin/livebench -bisect
	./bin/livebench -bisect -one-core

bench-console: build ## Measure every call that the console makes, on 1,000 and 50,000 assets
	$(GO) test ./internal/serve/api -run '^$$' -bench Console -benchtime 100x
	dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
	$(GO) run ./internal/tool/bigplant --data "$$dir/data" && $(GO) run ./internal/tool/consolebench -bin ./$(BIN) -data "$$dir/data"

bench-boundary: ## Measure the wall in the kernel, its relay, and the judges of policies (root)
	$(GO) run ./internal/tool/wallbench
	$(GO) test ./internal/act/relay -run '^$$' -bench .
	$(GO) test ./internal/judge/boundary/... ./internal/act/export/... -run '^$$' -bench . -benchtime 5x

fuzz: ## Run each fuzz target for TIME (default 120s)
	@for pkg in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$pkg/*_test.go | cut -c6-); do \
	    echo "$$pkg $$f"; $(GO) test ./$$pkg -run '^$$' -fuzz "^$$f$$" -fuzztime $(TIME) || exit 1; done; done

clean: ## Remove what was built
	rm -rf bin report
