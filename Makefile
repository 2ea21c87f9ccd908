# What one types while working on Kontor. `make` alone lists it.
# One browser test: make e2e ARGS='-run TestSignIn'

.DEFAULT_GOAL := help

# The browser tests build the program, which the test cache does not see:
# hence -count=1.
testsum = bin/testsum -count=1 -shuffle=on -timeout=40m $(ARGS)

.PHONY: help run dev test check e2e torture bench fmt generate clean bin/kontor bin/testsum

help: ## list what there is
	@sed -n 's/^\([a-z0-9]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "make %-9s %s\n", $$1, $$2 }'

run: bin/kontor ## serve demo data on http://127.0.0.1:8080 and print sign-in links
	@exec bin/kontor serve -demo

dev: ## the same with hot reload, on http://127.0.0.1:7331
	@exec go tool templ generate --watch --proxy=http://127.0.0.1:8080 --cmd="go run ./cmd/kontor serve -demo"

test: check bin/testsum ## everything: checks, unit, store and browser tests; installs what it lacks
	@exec e2e/setup/with.sh race chromium postgres -- sh -c 'exec "$$0" "$$@" $$RACE ./...' $(testsum)

e2e: bin/testsum ## the browser tests alone; pictures go to e2e/pictures
	@exec e2e/setup/with.sh chromium -- $(testsum) ./e2e

torture: ## kill workers 200 times around the processor's call, on both databases
	@exec e2e/setup/with.sh postgres -- env KONTOR_TORTURE=200 go test ./db/billing -run TestKilledWorkersChargeOnce -count=1 -v -timeout 60m

bench: ## timings through the whole program, beside a bare handler's, on both databases
	@POSTGRES_DURABLE=1 exec e2e/setup/with.sh postgres -- go run ./e2e/bench $(ARGS)

fmt: ## format Go and templ files
	go tool gofumpt -w .
	go tool templ fmt .

generate: ## make Go of the templ files
	go tool templ generate

clean: ## remove what was built and pictured; ./data stays
	rm -rf bin e2e/pictures

# go mod tidy needs the network. Without it, it prints no difference, only an
# error, which is let pass outside CI.
check:
	@echo "Formatting" && out=$$(go tool gofumpt -l .) && { test -z "$$out" || { echo "make fmt would change: $$out"; exit 1; }; }
	@go tool templ fmt -fail -log-level=warn .
	@echo "Generated files" && go tool templ generate -check -log-level=warn
	@echo "Modules" && go mod verify
	@diff=$$(go mod tidy -diff) || { echo "$$diff"; test -z "$$diff$$CI"; }
	@echo "Vet" && go vet ./...
	@echo "Staticcheck" && go tool staticcheck ./...

bin/kontor:
	@go build -ldflags="-s -w" -o $@ ./cmd/kontor

bin/testsum:
	@go build -buildvcs=false -o $@ ./e2e/testsum
