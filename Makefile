# campaign-pipeline: `make demo` shows it, `make test` proves it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Where Debian, Ubuntu, Fedora and others put a browser; override with CHROMIUM=/path/to/it.
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
export CHROMIUM
SCHEDULES ?= 10000
# One more than cores: tests also wait for processes, browsers and answers.
WORKERS ?= 3
PYTEST := $(VENV)/bin/pytest -q -n $(WORKERS) --dist worksteal
# The tests start hundreds of processes; without compiled files each of them would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command 'make lock' \
	--extra draft --group build pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo test torture defects lint types imports check unit bench gallery lock golden chromium clean

help: ## Show this list.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: $(VENV)/demo ## Run the example campaign winter-lookbook on the embedded provider: no key, no money.
	$(BIN)/campaign run winter-lookbook --draft

test: $(VENV)/dev chromium ## Run lint, types, the import contract and every test.
	@$(MAKE) --no-print-directory --jobs=2 lint types imports
	@$(MAKE) --no-print-directory unit

lint: $(VENV)/dev ## Check format and style.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/dev ## Check types.
	$(BIN)/mypy pipeline

imports: $(VENV)/dev ## Check that imports go one way.
	$(BIN)/lint-imports

unit: $(VENV)/dev chromium ## Run every test.
	$(PYTEST)

torture: $(VENV)/dev ## Prove that money cannot leak: ten thousand schedules of trouble, a hundred kills.
	$(PYTEST) tests/faults/test_torture.py --schedules $(SCHEDULES)
	$(PYTEST) -m torture tests

defects: $(VENV)/dev ## Measure what the picture checks catch and what they flag for nothing.
	$(BIN)/python -m tests.defects --write

gallery: $(VENV)/dev ## Draw thirty prompts with the draft engine, check them, and lay them out to look at.
	$(BIN)/python -m tests.gallery

bench: $(VENV)/bench ## Measure speed as ratios against peers in the same run.
	$(BIN)/python -m tests.benchmarks

golden: $(VENV)/dev ## Accept what the golden tests got; look at `git diff` afterwards.
	$(BIN)/pytest -q tests/golden tests/unit --update-golden

lock: $(VENV)/dev ## Pin the newest packages that pyproject.toml allows, with hashes.
	$(PIP) install uv
	$(UV_COMPILE) --upgrade -o requirements.lock
	$(UV_COMPILE) --upgrade --group dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove what can be made again; never touches state or outputs.
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/demo: $(VENV)/python requirements.lock pyproject.toml
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/demo requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Peers only: what `make bench` compares with, and nothing else needs them.
$(VENV)/bench: $(VENV)/dev
	$(PYTHON) -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip --disable-pip-version-check --quiet install snakemake ninja wavespeed
	@touch $@

chromium: ## Find a Chromium for the browser tests, or install one.
ifeq ($(strip $(CHROMIUM)),)
	@echo "No Chromium found; installing one."
	@if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	elif command -v apt-get >/dev/null && command -v sudo >/dev/null; then \
		sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else echo "Install Chromium, or name it: make test CHROMIUM=/path/to/chromium"; exit 1; fi
else
	@true
endif
