# Two commands for people: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# Two targets that install packages would wait for each other's lock, and one of them fail. Builds are parallel by themselves.
.NOTPARALLEL:
.PHONY: help run check test build asan tsan asan-core tsan-core sanitize scalar tidy tidy-all fuzz soak portability bench format clean models models-for-tests packages packages-tests packages-models packages-portability packages-clang packages-format

JOBS ?= $(shell nproc)
OUT ?= out
REELBATCH := build/release/reelbatch

CTEST_ARGS ?=

help: ## This list
	@awk -F':.*## ' '/^[a-z -]+:.*## / {split($$1, names, " "); for (i in names) printf "  make %-11s %s\n", names[i], $$2}' $(MAKEFILE_LIST)

run: build ## Build a release; find the cuts of a demo reel, or of VIDEOS="a.mp4 folder/ @list.txt" (into OUT=out)
	@REELBATCH=$(REELBATCH) OUT='$(OUT)' tools/run-main-job $(VIDEOS)

# One test more than there are cores: some wait for a server, or for a time that passes.
CTEST_JOBS = $(shell expr $(JOBS) + 1)

check: packages-tests packages-format ## What every change must pass, in 3 minutes: format, allowed dependencies, texts, unit tests, scenarios
	@cmake --preset dev > /dev/null
	cmake --build --preset dev -j $(JOBS)
	ctest --preset dev -j $(CTEST_JOBS) -L '^check$$|^unit$$' -E '$(NOT_IN_CHECK)' $(CTEST_ARGS)

# Unit tests that look at real clips, run real models or count instructions: two minutes.
NOT_IN_CHECK := ^media\.(SharedClips|RealThumbnails)|^vision\.RealPairs|RealModel|^instructions

test: models-for-tests packages-tests packages-format ## Build and pass every test
	-@tools/fetch-triton
	-@tools/fetch-triton --mlserver
	cmake --preset dev
	cmake --build --preset dev -j $(JOBS)
	ctest --preset dev -j $(CTEST_JOBS) $(CTEST_ARGS)

build: packages build/release/build.ninja ## Build the release program, build/release/reelbatch
	@[ -e $(REELBATCH) ] || echo 'Building $(REELBATCH), which takes about five minutes on two cores.'
	@cmake --build --preset release -j $(JOBS) --target reelbatch_program

# CMake configures again by itself when one of its own files changes.
build/release/build.ninja: CMakePresets.json | packages
	@echo 'Configuring the build (build/configure.log).'
	@mkdir -p build
	@cmake --preset release > build/configure.log 2>&1 || { cat build/configure.log; exit 1; }

asan tsan scalar: models-for-tests packages-tests ## Build and pass every test under a sanitiser, or without vector instructions
	cmake --preset $@
	cmake --build --preset $@ -j $(JOBS)
	ctest --preset $@ -j $(JOBS) $(CTEST_ARGS)

sanitize: asan-core tsan-core ## Damaged clips under AddressSanitizer, and the unit tests of runtime and engine under ThreadSanitizer

asan-core: packages-tests ## 40 damaged clips through the program under AddressSanitizer and UBSan
	cmake --preset asan
	cmake --build --preset asan -j $(JOBS) --target reelbatch_program
	tools/mutate --reelbatch build/asan/reelbatch --count 40 --batch 20 --seed 3

# Left out, because they take many minutes under ThreadSanitizer: the simulator, which has one thread, and all patterns of
# memory that runs out. Other tests of the runtime run some of these.
NOT_IN_TSAN := Simulat|WhateverRunsOutOfMemory

tsan-core: packages-tests ## The unit tests of runtime and engine under ThreadSanitizer
	cmake --preset tsan
	cmake --build --preset tsan -j $(JOBS) --target runtime_test engine_test
	ctest --preset tsan -j $(JOBS) -R '^(runtime|engine)\.' -E '$(NOT_IN_TSAN)' $(CTEST_ARGS)

BASE ?=
tidy: packages-tests packages-clang ## clang++ -Wthread-safety and clang-tidy over the files that differ from main (BASE=commit)
	tools/tidy $(BASE) -j $(JOBS)

tidy-all: packages-tests packages-clang ## The same over every file
	tools/tidy --all -j $(JOBS)

FUZZ_SECONDS ?= 60
fuzz: packages packages-clang ## Run every libFuzzer target for FUZZ_SECONDS=60 each
	cmake --preset fuzz
	cmake --build --preset fuzz -j $(JOBS)
	fuzz/run build/fuzz/fuzz $(FUZZ_SECONDS)

MUTANTS ?= 2000
KILLS ?= 50
SEED ?= 1
TRAPS_EVERY ?= 7
# Tests that take a part of their combinations unless REELBATCH_SOAK is set.
SOAK_TESTS := ^e2e\.(real_clips|batching\.Failing|stages\.Killed|durability\.SameBytes)|^media\.SharedClips

soak: models-for-tests packages-tests ## All combinations of the long tests, 2000 damaged clips, 50 kills, traps in 90 variants (MUTANTS, KILLS, SEED, TRAPS_EVERY)
	cmake --preset dev
	cmake --build --preset dev -j $(JOBS)
	REELBATCH_SOAK=1 ctest --preset dev -R '$(SOAK_TESTS)' $(CTEST_ARGS)
	cmake --preset asan
	cmake --build --preset asan -j $(JOBS) --target reelbatch_program
	cmake --preset release
	cmake --build --preset release -j $(JOBS) --target reelbatch_program reelbatch_lab
	tools/kill_resume --reelbatch build/release/reelbatch --kills $(KILLS) --seed $(SEED)
	tools/mutate --reelbatch build/asan/reelbatch --count $(MUTANTS) --seed $(SEED)
	REELBATCH_PROGRAM=build/release/reelbatch REELBATCH_LAB=build/release/reelbatch-lab /usr/bin/python3 -B tests/e2e/test_traps.py --matrix --every $(TRAPS_EVERY)
	$(MAKE) portability

portability: packages-portability ## Build and test with other Debian suites, compilers and for AArch64, in chroots (needs root and mmdebstrap)
	tools/portability/check-in-chroot all --jobs $(JOBS)


CLIPS := ../shared/data/clips
BENCH_ARGS ?= $(if $(wildcard $(CLIPS)),--clip-720p $(CLIPS)/sintel_trailer_720p.mp4 --clip-1080p $(CLIPS)/derived_sintel_1080p_bench.mp4)
bench: build packages-tests ## Our kernels, parts and runs against OpenCV, scikit-image, PySceneDetect and ffmpeg: build/bench/peers.md
	cmake --build --preset release -j $(JOBS) --target peer_clock
	python3 -m venv build/bench/venv && build/bench/venv/bin/pip install -q -r bench/requirements.txt
	build/bench/venv/bin/python bench/peers.py --reelbatch $(REELBATCH) --clock build/release/bench/peer_clock --out build/bench $(BENCH_ARGS)

format: packages-format ## Format every C++ file (clang-format 19)
	git ls-files '*.cc' '*.h' | xargs clang-format-19 -i

clean: ## Remove build/ and demo/; results in OUT stay
	rm -rf build demo

packages:
	@tools/install-packages tools/debian-packages.txt

packages-tests:
	@tools/install-packages tools/debian-packages.txt tools/debian-packages-tests.txt

models: packages-models ## Fetch the engine and the weights of models, and build them into models/ (tools/fetch-models)
	@tools/fetch-models

# Tests that need models are left out by name where these cannot be fetched.
models-for-tests: packages-tests
	-@tools/fetch-models

packages-models:
	@tools/install-packages tools/debian-packages-models.txt

packages-format:
	@tools/install-packages tools/debian-packages-format.txt

packages-portability:
	@tools/install-packages tools/debian-packages-portability.txt

packages-clang:
	@tools/install-packages tools/debian-packages-clang.txt
