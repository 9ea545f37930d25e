# Every target sets up what it needs in a virtual environment of its own; Python 3.11+ and make suffice.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: $(VENV)/installed ## run it all on an embedded server: workers, beat, health endpoint
	$(BIN)/exportwatch up

demo: $(VENV)/installed ## see one feed become alerts, mail and webhooks; needs no network
	$(BIN)/exportwatch demo

test: $(VENV)/installed-dev ## run every test
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/installed-dev ## ruff, strict types, import contracts, rules, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/exportwatch rules lint
	$(BIN)/exportwatch rules test
	$(BIN)/exportwatch routes test
	$(BIN)/python -m docs.generate --check

docs: $(VENV)/installed-dev ## write the generated reference anew
	$(BIN)/python -m docs.generate

bench: $(VENV)/installed-dev ## print speed ratios against named baselines, run in the same minute
	$(BIN)/python -m bench $(ARGS)

evaluate: $(VENV)/installed-dev ## print the recogniser's precision and recall on the labelled corpus, and every error
	$(BIN)/python -m bench.evaluate --crossed --errors $(ARGS)

train: $(VENV)/installed-dev ## fit the recogniser's weights to the labelled corpus and the documents in own words
	$(BIN)/python -m bench.train --write $(ARGS)

pack: $(VENV)/installed-dev ## print the alerts a day that the rule pack would have sent for the corpus' feeds
	$(BIN)/python -m bench.pack $(ARGS)

torture: $(VENV)/installed-dev ## kill every process at random, 200 times, and count what was lost
	$(BIN)/python -m tests.torture $(ARGS)

fuzz: $(VENV)/installed-dev ## throw mutated rule files and queries at the loader and the matcher
	$(BIN)/python -m tests.fuzz_rules $(ARGS)

lock: $(VENV)/installed-dev ## resolve the dependencies anew into the three lock files
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group build --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra otel --group build --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -c requirements.lock --quiet -o requirements-otel.lock
	$(BIN)/uv pip compile pyproject.toml --extra otel --group build --group dev --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -c requirements.lock -c requirements-otel.lock --quiet -o requirements-dev.lock

clean: ## remove the environment and all that was built
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.PHONY: help run demo test check docs bench evaluate pack torture fuzz lock clean
