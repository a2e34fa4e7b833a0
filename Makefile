# MediLink's commands. `make` alone lists them.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# Programs that scripts/install fetched; your own nats-server wins if you name it.
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/medilink/bin
export PATH := $(TOOLS):$(TOOLS)/../node/bin:$(PATH)
export MEDILINK_NATS_SERVER ?= $(TOOLS)/nats-server

# `make up PROFILE=release` takes longer to build and serves faster.
PROFILE ?= dev
# `make faults` draws a seed if you give none; FAULTS='disk full,kill' has only those kinds.
SEED ?=
MINUTES ?= 10
FAULTS ?=
TARGET := $(or $(CARGO_TARGET_DIR),target)
MEDILINK := $(TARGET)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))/medilink

.PHONY: help
help: ## lists the commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1 · \2/p' $(MAKEFILE_LIST) | column -t -s '·'

.PHONY: up
up: ## installs what is missing, builds, and runs the whole platform with a demo hospital
	@scripts/install
	@scripts/web build
	@cargo build --profile $(PROFILE) --bin medilink
	@# With its parent gone (even by kill -9) the platform stops too, rather than live on unseen.
	@MEDILINK_GATEWAY__WEB="$${MEDILINK_GATEWAY__WEB:-$(CURDIR)/gateway/web/dist}" exec setpriv --pdeathsig TERM $(MEDILINK) up

.PHONY: web
web: ## builds the web application, which `make up` does by itself
	@scripts/install
	@scripts/web build

.PHONY: test
test: ## installs what is missing, then runs every check and test against real servers
	@scripts/install test
	@scripts/test

.PHONY: attacks
attacks: ## attacks a running gateway, and says how many attacks were tried and how many succeeded
	@scripts/install test
	@scripts/with-postgres cargo nextest run --locked --workspace --test attacks --success-output final | tee >(grep -ohE 'attacks: .* tried, .* succeeded' | awk '{ print; tried += $$(NF-3); won += $$(NF-1) } END { print tried " attacks tried, " won + 0 " succeeded" }' >&2) > /dev/null

.PHONY: faults
faults: ## breaks everything in an order that SEED gives, for MINUTES, and sees that nothing is lost
	@scripts/install test
	@MEDILINK_TEST_SEED=$(SEED) MEDILINK_TEST_MINUTES=$(MINUTES) MEDILINK_TEST_FAULTS='$(FAULTS)' cargo nextest run --locked \
		--cargo-profile $(PROFILE) --package medilink --test faults --run-ignored only --no-capture

.PHONY: bench
bench: ## compares us with our peers on this machine, or ONLY=relay a part of it
	@scripts/install test
	@scripts/web build
	@# One of its gateways leaves something out, to measure what that costs.
	@cargo build --release --locked --bin medilink --package medilink --features fault-points
	@ln -f $(TARGET)/release/medilink $(TARGET)/release/medilink-fault-points
	@cargo build --release --locked --bin medilink --bin medilink-bench --package medilink --package medilink-bench
	@MEDILINK_DURABLE=1 scripts/with-postgres $(TARGET)/release/medilink-bench $(ONLY)

.PHONY: bless
bless: ## writes the generated files (schemas/, openapi.json, asyncapi.json) anew from the code
	@scripts/install test
	@BLESS=1 INSTA_UPDATE=always scripts/with-postgres cargo nextest run --package medilink-bus --package medilink-domain --package medilink-gateway
