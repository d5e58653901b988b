# Everything that CI does, and nothing that a person could not call. `make` alone lists the targets.

CARGO ?= cargo
TARGET = $(or $(CARGO_TARGET_DIR),target)
HAVE = $(CARGO) $(1) --version >/dev/null 2>&1

# posd-nfc needs Debian's libnfc; where that is missing all else is built and tested. Asked late: the
# target before may have installed it.
NFC = $(shell .ci/has-libnfc && echo --features posd/nfc)
SAY_NFC = $(if $(NFC),,@echo "SKIPPED posd-nfc: no libnfc (libnfc-dev, libclang-dev, pkg-config)")

.DEFAULT_GOAL := help
.PHONY: help setup build deb test-deb demo test test-browser test-vm pictures sim check bench fuzz schema clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing, or say what to install
	@.ci/setup

build: setup ## build everything for release
	$(SAY_NFC)
	$(CARGO) build --locked --release --workspace $(NFC)

deb: build ## build the Debian package (VERSION=… for another version)
	@$(call HAVE,deb) || $(CARGO) install --locked cargo-deb
	packaging/manual $(TARGET)/release
	$(CARGO) deb --locked --no-build --package posd $(if $(NFC),--variant nfc) \
		$(if $(VERSION),--deb-version $(VERSION)) --output $(TARGET)/deb/

test-deb: ## try the package in a Debian that is booted in a container, as root (OLDER=… upgrades from this package)
	@tests/deb/run $(TARGET)/deb $(OLDER)

demo: build ## run a till, a terminal and a processor, all simulated: KEEP=1 leaves them open for a browser
	$(TARGET)/release/posd demo $(if $(KEEP),--keep)

test: setup ## all checks and all tests, cheapest first
	@$(MAKE) --no-print-directory check-format check-lints check-docs check-licences
	$(SAY_NFC)
	$(CARGO) build --locked --workspace $(NFC)
	$(CARGO) test --locked --workspace --features posd/failpoints $(NFC) --no-fail-fast
	@tests/browser/run

test-browser: setup ## the client in Node, and the pages in Chromium: ONLY=words of a test's name
	$(CARGO) build --locked --workspace
	@tests/browser/run $(if $(ONLY),--grep "$(ONLY)")

test-vm: setup ## device rules, hot plug and the unit on a real kernel, in QEMU (needs root)
	$(CARGO) build --locked --workspace
	@tests/vm/run

pictures: setup ## make the pictures of the documents anew, from the pages as they are
	$(CARGO) build --locked --workspace
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund && node pictures.mjs

sim: setup ## a store in simulated time, everything going wrong: SEEDS=1250 HOURS=8 FIRST=1
	SIM_SEEDS=$(or $(SEEDS),1250) SIM_HOURS=$(or $(HOURS),8) SIM_FIRST=$(or $(FIRST),1) \
	$(CARGO) test --locked --release --package posd --test sim s43_stores -- --nocapture

check: setup ## the checks without the tests
	@$(MAKE) --no-print-directory check-format check-lints check-docs check-licences

bench: build ## measure against the floor of this machine (nothing asserts a time)
	$(CARGO) bench --locked --package posd --bench station $(NFC)
	$(CARGO) bench --locked --package firmware-protocols --bench codec

fuzz: ## let fuzzers look for input that breaks the protocols (SECONDS=60 for each of six)
	@firmware-protocols/fuzz/run $(or $(SECONDS),60)

schema: setup ## write anew what follows from the types of the API
	$(CARGO) build --locked --package posd
	$(TARGET)/debug/posd schema --markdown > docs/api.md
	$(TARGET)/debug/posd schema --typescript > clients/typescript/src/types.ts

clean: ## remove what was built
	$(CARGO) clean

.PHONY: check-format check-lints check-docs check-licences

check-format:
	@if $(call HAVE,fmt); then set -x; $(CARGO) fmt --all --check; \
	else echo "SKIPPED format: no rustfmt (rustup component add rustfmt)"; fi

# Twice: what tests switch on must not hide what a release lacks.
check-lints:
	@if $(call HAVE,clippy); then set -x; \
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings && \
	$(CARGO) clippy --locked --workspace --all-targets --features posd/failpoints $(NFC) -- -D warnings; \
	else echo "SKIPPED lints: no clippy (rustup component add clippy)"; fi

check-docs:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps

check-licences:
	@if $(call HAVE,deny); then set -x; $(CARGO) deny --locked check licenses bans sources; \
	else echo "SKIPPED licences: no cargo-deny (cargo install --locked cargo-deny)"; fi
