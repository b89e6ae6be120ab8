# Everything a person types. `make demo` and `make test` are all a newcomer needs.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
JOBS ?= 2

.PHONY: help setup demo serve dev test test-engines test-sqlite test-postgres test-browser lint bench check clean

help:
	@echo "make demo    one hiring round in a demo company, then serve it (RESET=1 starts over)"
	@echo "make serve   serve what is in ./data; an empty one opens the set-up assistant"
	@echo "make setup   prepare .venv with the touchstone command, and nothing else"
	@echo "make test    every test: engines, services, pages, both databases, browser journeys"
	@echo "make dev     serve with reload, rebuilding the front end as it changes"
	@echo "make lint    ruff, mypy, import contracts, templates"
	@echo "make bench   measure speed and quality of the engines"
	@echo "make check   lint and test"

setup:
	@$(PYTHON) tools/setup.py run

demo: setup
	@$(BIN)/touchstone demo $(if $(RESET),--reset)

serve: setup
	@$(BIN)/touchstone serve

.PHONY: setup-dev
setup-dev:
	@$(PYTHON) tools/setup.py dev

dev: setup-dev
	@TOUCHSTONE_DEBUG=1 $(BIN)/python tools/develop.py

# The import contracts first (seconds), then what is quickest to fail. Browser journeys last.
test: setup-dev
	$(BIN)/lint-imports --no-cache
	$(MAKE) --no-print-directory test-engines test-sqlite test-postgres test-browser

test-engines: setup-dev
	$(BIN)/pytest -q -n $(JOBS) tests/engine tests/integrations

test-sqlite: setup-dev
	$(BIN)/pytest -q -n $(JOBS) tests --ignore=tests/engine --ignore=tests/integrations --ignore=tests/browser

test-postgres: setup-dev
	$(BIN)/python -m tests.postgres $(BIN)/pytest -q -n $(JOBS) tests/services tests/views tests/api tests/cli/test_backup.py

test-browser: setup-dev
	$(BIN)/pytest -q tests/browser

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint touchstone --lint --quiet
	$(BIN)/mypy touchstone tests benchmarks tools

bench: setup-dev
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

check: lint test

# What was built; never what people wrote (./data stays).
clean:
	rm -rf .venv .sandbox frontend/node_modules touchstone/ui/static/dist build .mypy_cache .ruff_cache
