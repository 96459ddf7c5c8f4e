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

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 18

up: setup ## deploy stack `local` into the sandbox, on the real Pulumi engine
	@$(PY) -m sandbox up

preview: setup ## what `make up` would change
	@$(PY) -m sandbox preview

status: setup ## what the sandbox holds
	@$(PY) -m sandbox status

down: setup ## remove all that `make up` made, and stop the sandbox
	@$(PY) -m sandbox destroy

setup: $(READY) cli ## the virtual environment and the Pulumi CLI; done already, it takes no time

$(READY): requirements-dev.txt
	@echo "==> Virtual environment $(VENV) from requirements-dev.txt, every package checked against its hash (1 minute)"
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; set PYTHON=python3.x")'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

cli: $(READY)
	@$(PY) -m sandbox cli > /dev/null

RULER := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/scheduled-tasks/event-ruler-1.7.3

ruler: ## AWS's own matcher of event patterns, where there is Java to run it; got once
	@if [ -d "$(RULER)" ]; then :; \
	elif command -v java > /dev/null && command -v mvn > /dev/null; then \
	  echo "==> AWS's event-ruler, for the tests of event patterns"; \
	  mvn -q -B -f tools/event-ruler/pom.xml dependency:copy-dependencies -DoutputDirectory="$(RULER)"; \
	else \
	  echo "==> Java or Maven is missing: event patterns are not tried with AWS's own matcher"; \
	fi

ACTIONLINT := 1.7.12
ACTIONLINT_BIN := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/scheduled-tasks/actionlint-$(ACTIONLINT)

actionlint: ## the linter of GitHub workflows, where there is Go to build it; got once
	@if [ -x "$(ACTIONLINT_BIN)/actionlint" ]; then :; \
	elif command -v go > /dev/null; then \
	  echo "==> actionlint, for the workflows"; \
	  GOBIN="$(ACTIONLINT_BIN)" go install github.com/rhysd/actionlint/cmd/actionlint@v$(ACTIONLINT); \
	else \
	  echo "==> Go is missing: the workflows are not tried with actionlint"; \
	fi

test: setup ruler actionlint ## lint, types and all tests
	@$(MAKE) --no-print-directory lint types
	@echo "==> Configuration of all stacks"
	@$(PY) -m ops check --all
	@echo "==> Tests"
	@$(PY) -m pytest -n auto --dist worksteal

lint: $(READY) ## check code style and formatting (ruff), and prose
	@echo "==> Lint"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m tools.prose

format: $(READY) ## put the code into its format
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

types: $(READY) ## strict type check
	@echo "==> Types"
	@$(PY) -m basedpyright

bench: $(READY) cli ## measurements, each beside something to compare with; PARTS="program cdk" for some
	@$(PY) -m bench $(PARTS)

docs: $(READY) ## write what is made from models, components, prices and commands: schemas and pages
	@$(PY) -m config.schema
	@$(PY) -m config.documentation
	@$(PY) -m plugin.schema
	@$(PY) -m ops.cost_page
	@$(PY) -m bench.page
	@$(PY) -m tests.docs.operating_page

site: $(READY) ## the site of docs/, into site/; a warning is an error
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --strict

wheel: $(READY) ## the wheel of the components, into dist/
	@$(PY) -m hatchling build -t wheel

lock: $(READY) ## write requirements*.txt from requirements*.in
	@for name in requirements requirements-dev; do \
	  $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade $$name.in -o $$name.txt; \
	done
