# The commands of the project. Each needs nothing done before it:
# .ci/setup brings what is missing, ninja builds what has changed.

BUILD  ?= build
# PYTHON in the environment is the one that makes the environment; .ci/setup reads it.
VENV   := .venv/bin/python
JOBS   ?= $(shell nproc)
GPU    ?= cuda
export CMAKE_BUILD_PARALLEL_LEVEL := $(JOBS)
# Where the tests find what they load besides the library.
export PORTICO_BUILD := $(BUILD)

.DEFAULT_GOAL := build
.PHONY: build demo test verify-targets lint format sanitize bench gpu wheel offline docs clean

setup = .ci/setup && . .ci/env
# What .ci/setup brings for this only.
test: export PORTICO_TEST_TOOLS = 1
sanitize: export PORTICO_BUILD = build-sanitize

build:            ## build the compiler, the runtime and the native module
	@bash -c '$(setup) && { [ -f $(BUILD)/build.ninja ] || cmake -G Ninja -S . -B $(BUILD) \
	  -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 -DPython_EXECUTABLE=$(CURDIR)/$(VENV) $$PORTICO_CMAKE_FLAGS >$(BUILD).log 2>&1 \
	  || { cat $(BUILD).log; exit 1; }; } && rm -f $(BUILD).log && ninja -C $(BUILD) $(if $(VERBOSE),-v,--quiet)'

demo: build       ## train a network on Fashion-MNIST
	@bash -c '. .ci/env && $(VENV) -m portico demo $(ARGS)'

test: build       ## everything this machine can run
	@bash -c '. .ci/env && .venv/bin/lit -q $(BUILD)/test && \
	  $(VENV) -m pytest -q -n $(JOBS) test $(ARGS)'

verify-targets: build ## the test matrix by Intel's compiler and AMD's limits, drivers by vendors' headers; no GPU needed
	@bash -c '.ci/setup intel-opencl-icd libamdhip64-dev && . .ci/env && \
	  $(VENV) -m pytest -q test/targets/*/test_api.py && $(VENV) test/targets/verify.py $(ARGS)'

lint: build       ## formatting and the rules of the house
	@bash -c '. .ci/env && .venv/bin/ruff check . && .venv/bin/ruff format --check . && \
	  git ls-files "*.cpp" "*.h" | xargs clang-format-22 --dry-run --Werror'

format:           ## rewrite the sources in the house style
	@bash -c '. .ci/env && .venv/bin/ruff check --fix . && .venv/bin/ruff format . && \
	  git ls-files "*.cpp" "*.h" | xargs clang-format-22 -i'

# A second build, with its own native module beside links to the Python sources.
sanitize:         ## Python and runtime tests with address and undefined-behaviour sanitizers
	@bash -c '.ci/setup libclang-rt-22-dev && . .ci/env && mkdir -p build-sanitize && \
	  find build-sanitize -type l -delete && git ls-files python/portico | while read -r source; do \
	  mkdir -p build-sanitize/$$(dirname $$source) && ln -s $(CURDIR)/$$source build-sanitize/$$source; done && \
	  cmake -G Ninja -S . -B build-sanitize -DPORTICO_SANITIZE=ON -DCMAKE_C_COMPILER=clang-22 \
	  -DCMAKE_CXX_COMPILER=clang++-22 -DPython_EXECUTABLE=$(CURDIR)/$(VENV) \
	  -DPORTICO_PYTHON_DIR=$(CURDIR)/build-sanitize/python/portico $$PORTICO_CMAKE_FLAGS >build-sanitize/log && \
	  ninja -C build-sanitize --quiet && PYTHONPATH=build-sanitize/python \
	  LD_PRELOAD=$$(clang++-22 -print-file-name=libclang_rt.asan-x86_64.so) \
	  ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	  $(VENV) -m pytest -q --capture=sys -p no:cacheprovider test/python test/runtime $(ARGS)'

bench: build      ## benchmarks, next to PyTorch where it is installed
	@bash -c '. .ci/env && $(VENV) -m integration.benchmarks $(ARGS)'

gpu:              ## on a machine with a GPU (GPU=cuda): conformance, the demo, speed
	@.ci/gpu $(GPU) $(ARGS)

wheel:            ## self-contained wheels for Python 3.11 and for 3.12 and later, in dist/
	@bash -c '.ci/setup && . .ci/env && .ci/wheel $(ARGS)'

offline:          ## what `make gpu` needs on a machine without a network, in dist/offline/
	@bash -c '.ci/setup && . .ci/env && .ci/offline $(ARGS)'

docs: build       ## the manual, as HTML in docs/_build
	@bash -c '. .ci/env && $(VENV) -m sphinx -q -b html docs docs/_build'

clean:            ## remove what the build made
	rm -rf $(BUILD) build-* docs/_build python/portico/_generated python/portico/_include python/portico/_core*.so
