# Two commands do everything on a fresh machine: `make up` and `make test`. `make help` lists the others.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/ready
# Each of the many processes that are started would otherwise compile the same sources anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help up preview status down setup cli ruler actionlint test lint format types bench docs site wheel lock

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 18

up: setup ## deploy the stack `local` to a local AWS emulator with the real Pulumi engine
	@$(PY) -m sandbox up

preview: setup ## show what `make up` would change
	@$(PY) -m sandbox preview

status: setup ## show what is deployed in the sandbox
	@$(PY) -m sandbox status

down: setup ## delete everything that `make up` created, and stop the emulator
	@$(PY) -m sandbox destroy

setup: $(READY) cli ## create the virtual environment and get the Pulumi CLI

$(READY): requirements-dev.txt
	@echo "==> Creating the virtual environment $(VENV) from requirements-dev.txt, with hashes (about 1 minute)"
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; set PYTHON=python3.x")'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

cli: $(READY)
	@$(PY) -m sandbox cli > /dev/null

RULER := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/scheduled-tasks/event-ruler-1.7.3

ruler: ## get AWS's own event pattern matcher for the tests (needs Java and Maven)
	@if [ -d "$(RULER)" ]; then :; \
	elif command -v java > /dev/null && command -v mvn > /dev/null; then \
	  echo "==> Getting AWS's event-ruler for the tests"; \
	  mvn -q -B -f tools/event-ruler/pom.xml dependency:copy-dependencies -DoutputDirectory="$(RULER)"; \
	else \
	  echo "==> Java or Maven is not installed: skipping the tests with AWS's event-ruler"; \
	fi

ACTIONLINT := 1.7.12
ACTIONLINT_BIN := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/scheduled-tasks/actionlint-$(ACTIONLINT)

actionlint: ## get the linter for GitHub workflows (needs Go)
	@if [ -x "$(ACTIONLINT_BIN)/actionlint" ]; then :; \
	elif command -v go > /dev/null; then \
	  echo "==> Getting actionlint for the tests of the workflows"; \
	  GOBIN="$(ACTIONLINT_BIN)" go install github.com/rhysd/actionlint/cmd/actionlint@v$(ACTIONLINT); \
	else \
	  echo "==> Go is not installed: skipping actionlint"; \
	fi

test: setup ruler actionlint ## run the linter, the type checker and all tests
	@$(MAKE) --no-print-directory lint types
	@echo "==> Checking the configuration of all stacks"
	@$(PY) -m ops check --all
	@echo "==> Tests"
	@$(PY) -m pytest -n auto --dist worksteal

lint: $(READY) ## check code style, format (ruff) and prose
	@echo "==> Lint"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m tools.prose

format: $(READY) ## format the code, and fix what the linter can fix
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

types: $(READY) ## run the strict type checker
	@echo "==> Types"
	@$(PY) -m basedpyright

bench: $(READY) cli ## run the benchmarks; PARTS="program cdk" selects some
	@$(PY) -m bench $(PARTS)

docs: $(READY) ## regenerate the schemas and the generated pages
	@$(PY) -m config.schema
	@$(PY) -m config.documentation
	@$(PY) -m plugin.schema
	@$(PY) -m ops.cost_page
	@$(PY) -m bench.page
	@$(PY) -m tests.docs.operating_page

site: $(READY) ## build the documentation site in site/; warnings are errors
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --strict

wheel: $(READY) ## build the wheel of the components in dist/
	@$(PY) -m hatchling build -t wheel

lock: $(READY) ## update requirements*.txt from requirements*.in
	@for name in requirements requirements-dev; do \
	  $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade $$name.in -o $$name.txt; \
	done
