# Everything a person does with this folder. `make dashboard` and `make test` set up whatever is missing first:
# a virtual environment in .venv, filled with the versions of constraints.txt. Plain `make` lists the targets.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help dashboard test check format format-check lint types floors docs bench pins clean again

# PORT: of the dashboard. JOBS: processes that run tests. ARGS: handed on to pytest, the dashboard or the benchmark.
# PYTHON: the interpreter that makes .venv; left empty, the first that is new enough.
PORT ?= 8765
JOBS ?= 2
ARGS ?=
PYTHON ?=
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHON

help: ## list the targets
	@echo "make TARGET [PORT=8765] [JOBS=2] [ARGS='...'] [PYTHON=python3.12]"; echo
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r target about; do \
		printf '  %-14s%s\n' "$$target" "$$about"; done

dashboard: .venv/.runtime ## set up if needed and open the dashboard in a browser (PORT=8765)
	@$(BIN)/immune-sim dashboard --port $(PORT) $(ARGS) || [ $$? -eq 130 ] # Ctrl-C is how one stops it

test: .venv/.development ## set up if needed and run the tests (ARGS="tests/core -k name")
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

check: format-check lint types floors docs test ## everything that CI runs, tests last

format: .venv/.development ## lay out the code and repair what can be repaired
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

format-check: .venv/.development
	@$(BIN)/ruff format --check .

lint: .venv/.development ## ruff's rules
	@$(BIN)/ruff check .

types: .venv/.development ## mypy, strict
	@$(BIN)/python -m mypy

floors: .venv/.development ## who may import whom
	@$(BIN)/lint-imports

docs: .venv/.development ## that generated pages are up to date
	@if [ -f scripts/write_docs.py ]; then $(BIN)/python scripts/write_docs.py --check; fi

bench: .venv/.development ## speed and memory on this machine
	@$(BIN)/immune-sim bench $(ARGS)

# To take newer releases: .venv/bin/python -m pip install --upgrade -e '.[dev]', then make check, then make pins.
pins: .venv/.development ## write the versions now in .venv to constraints.txt
	@$(BIN)/python scripts/write_pins.py constraints.txt

clean: ## remove .venv and every cache in this folder
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist

# ---------------------------------------------------------------------------------------------------------------- set-up
# .venv/.made holds the folder it was made in: environments cannot be moved, so a moved or copied one is made anew, as is
# one that lost its interpreter.

AGAIN := $(shell [ -x .venv/bin/python ] && [ "$$(cat .venv/.made 2>/dev/null)" = "$$(pwd -P)" ] || echo again)
again:

.venv/.made: $(AGAIN)
	@sh scripts/make_venv.sh

# Whoever is offline goes on with what an earlier call installed.
OLDER = if [ -e $@ ]; then echo "Nothing could be fetched (no network?); going on with what is installed." >&2; else \
	echo "The packages could not be installed; pip says why above. The set-up needs the network once: with it, call" \
	"make again. Nothing outside of .venv was changed." >&2; exit 1; fi

.venv/.runtime: .venv/.made pyproject.toml constraints.txt
	@echo "Installing immune-sim into .venv (once: some minutes without a word, about 1.4 GB) ..."
	@if $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .; then touch $@; \
		else $(OLDER); fi

.venv/.development: .venv/.made pyproject.toml constraints.txt
	@echo "Installing immune-sim and its test tools into .venv (once: some minutes without a word, about 1.7 GB) ..."
	@if $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'; \
		then touch .venv/.runtime $@; else $(OLDER); fi
