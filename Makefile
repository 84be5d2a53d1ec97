# What you can ask for; `make` alone builds.

GO ?= go
TESTFLAGS ?=
FUZZTIME ?= 20s
BENCHTIME ?= 1s
POSTS ?= 1000000
DB ?=

.PHONY: build run test race bench evaluation equality migration fuzz generate lint types

build: ## the static binaries, bin/postbag and bin/loadgen
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/ ./cmd/...

run: ## a server to try, with an article and a console
	$(GO) run ./cmd/postbag serve --demo

test: ## every test; -short leaves the long ones out: make test TESTFLAGS=-short
	$(GO) test $(TESTFLAGS) ./...

# Long tests in which one goroutine does everything, or what shorter ones do as
# well: the detector has nothing to find there, and makes them ten times slower.
SEQUENTIAL = TestPostgres|TestSQLite|TestStaging_Long|TestBacktestEqualsLive|TestWideNetworks|TestUpgrade|TestImport_|TestImport[CITW]|TestImportLines|TestImportRem|TestUndoImport|TestMove_[HIMOS]|TestExport|TestBrake|TestBreakingNews|TestOneTroll|TestRevision|TestQueriesDoNotGrow|TestSubmitQueries|TestEditAfter|TestOutcomes|TestSample

# SQLite is C translated to Go, behind locks of its own: three times as slow when
# the detector looks on, and nothing to find.
UNWATCHED = $(foreach package,modernc.org/sqlite/lib modernc.org/libc modernc.org/memory,-gcflags=$(package)=-race=false)

race: ## the packages with goroutines, under the race detector (needs gcc)
	CGO_ENABLED=1 $(GO) test -race $(UNWATCHED) -short -timeout 20m -skip '$(SEQUENTIAL)' $(TESTFLAGS) ./models/store/... ./moderation/... ./web

bench: ## every benchmark
	$(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...

evaluation: ## what the word lists see through, measured anew: docs/rules-evaluation.md
	$(GO) run ./moderation/keyword/internal/evaluate

equality: ## a backtest says what the rules said, for 100,000 comments
	POSTBAG_BACKTEST_COMMENTS=100000 $(GO) test -timeout 60m -v -run TestBacktestEqualsLive ./moderation

migration: build ## an export of POSTS posts is imported, killed, completed and counted; into DB
	bin/loadgen migration --posts $(POSTS) --db "$(DB)"

fuzz: ## each fuzz target for FUZZTIME
	@set -e; for package in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for target in $$(grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' $$package/*_test.go | cut -d' ' -f2 | sort -u); do \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
	  done; \
	done

generate: ## the built front end and other generated files
	$(GO) generate ./...

lint: types ## formatting, vet, types
	@files=$$(gofmt -l cmd models moderation web); test -z "$$files" || { echo "gofmt: $$files"; exit 1; }
	$(GO) vet ./...

types: web/ui/node_modules ## TypeScript, without building
	cd web/ui && npx tsc --noEmit

web/ui/node_modules: web/ui/package-lock.json
	cd web/ui && npm ci --no-audit --no-fund
	@touch $@
