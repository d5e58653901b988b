.PHONY: test
test:
	cargo fmt --all --check
	cargo clippy -q --workspace --all-targets -- -D warnings
	cargo test --workspace
