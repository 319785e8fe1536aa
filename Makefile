# The commands of the README. Each installs what it needs, builds, and runs.
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: demo test build strict conformance proof bench install install-files uninstall format format-check clean

## See Berth plan and apply a realistic stack in the embedded workspace.
demo:
	@scripts/demo

## Build everything and run every test.
test:
	@scripts/test

## Build the debug binary.
build:
	@scripts/install-requirements
	swift build --product berth

## Build with warnings and undeclared imports as errors.
strict:
	@scripts/install-requirements
	swift build --build-tests --explicit-target-dependency-import-check error

## Hold the emulator and the Azure backend to Microsoft's clients and to the official description.
conformance:
	@scripts/conformance

## Play many simulated worlds, in which everything goes wrong, in a release build.
proof:
	@scripts/proof

## Measure a release build beside libyaml's event loop (docs/performance.md).
bench:
	@Benchmarks/bench

## Put a release binary, its manuals and its completions below PREFIX.
install:
	berth="$$(BERTH= scripts/release-binary)" && $(MAKE) install-files BERTH="$$berth"

## The same with a program that is there already: make install-files BERTH=path/of/berth
install-files:
	scripts/install-files "$(BERTH)" "$(DESTDIR)$(PREFIX)"

uninstall:
	scripts/install-files --remove "$(DESTDIR)$(PREFIX)"

format:
	@scripts/format

format-check:
	@scripts/format --check

clean:
	swift package clean
	rm -rf .build-static
