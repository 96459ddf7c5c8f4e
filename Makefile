# `make up` deploys to a local AWS emulator, `make test` tests. `make help` lists all targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/ready
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/scheduled-tasks
# The user's settings of Python would change or break all commands. The variable PYTHON chooses the interpreter.
$(foreach name,$(filter-out PYTHON,$(filter PYTHON%,$(.VARIABLES))),$(eval unexport $(name)))

.PHONY: help address up live preview status env down setup cli ruler actionlint referees chromium test test-all lint format types coverage mutants bench torture smoke compare-providers docs pictures site wheel wheel-test lock

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 18

up: setup ## deploy the stack `local` to a local AWS emulator with the real Pulumi engine
	@$(PY) -m sandbox up

live: setup ## deploy it, and let its schedules run until Ctrl-C, with containers if Docker or Podman runs
	@$(PY) -m sandbox live

preview: setup ## show what `make up` would change
	@$(PY) -m sandbox preview

status: setup ## show what is deployed to the emulator
	@$(PY) -m sandbox status

# The recipe has no prerequisites, because their output would be evaluated by the shell.
env: ## print shell commands that point this shell at the emulator, for `eval`
	@test -x $(PY) || { echo "Run make up first." >&2; exit 1; }
	@$(PY) -m sandbox env

down: setup ## remove everything that `make up` created, and stop the emulator
	@$(PY) -m sandbox destroy

setup: $(READY) cli ## create the virtual environment and get the Pulumi CLI, unless both exist

# The file `ready` is a copy of what was installed, so a newer file with the same content needs no network.
$(READY): requirements-dev.txt tools/scheduled-tasks
	@if ! cmp -s requirements-dev.txt $@; then \
	  echo "==> Installing requirements-dev.txt into $(VENV), with hashes checked (1 minute)"; \
	  $(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is required. Set PYTHON=python3.x.")'; \
	  test -x $(PY) || $(PYTHON) -m venv $(VENV); \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt; \
	  cp requirements-dev.txt $@; \
	fi
	@install -m 755 tools/scheduled-tasks $(VENV)/bin/scheduled-tasks && ln -sf scheduled-tasks $(VENV)/bin/stasks
	@touch $@

cli: $(READY) ## get the Pulumi CLI if none is on PATH
	@$(PY) -m sandbox cli > /dev/null

RULER := $(CACHE)/event-ruler-1.7.3

ruler: ## get event-ruler, AWS's own matcher of event patterns (needs Java and Maven)
	@if [ ! -d "$(RULER)" ]; then \
	  echo "==> event-ruler, for the tests of event patterns"; \
	  command -v java > /dev/null && command -v mvn > /dev/null || { echo "Java and Maven are required. Install them, or run: make test" >&2; exit 1; }; \
	  mvn -q -B -f tools/event-ruler/pom.xml dependency:copy-dependencies -DoutputDirectory="$(RULER)"; \
	fi

ACTIONLINT := 1.7.12
ACTIONLINT_BIN := $(CACHE)/actionlint-$(ACTIONLINT)

actionlint: ## get actionlint, the linter for GitHub workflows (needs Go)
	@if [ ! -x "$(ACTIONLINT_BIN)/actionlint" ]; then \
	  echo "==> actionlint, for the tests of the workflows"; \
	  command -v go > /dev/null || { echo "Go is required. Install it, or run: make test" >&2; exit 1; }; \
	  GOBIN="$(ACTIONLINT_BIN)" go install github.com/rhysd/actionlint/cmd/actionlint@v$(ACTIONLINT); \
	fi

REFEREES := $(CACHE)/referees

# The folder is renamed last, so an interrupted installation starts again.
referees: ## get the Node packages that judge policies, state machines and pages (needs Node 20 or newer)
	@if ! cmp -s tools/referees/package-lock.json "$(REFEREES)/package-lock.json"; then \
	  echo "==> Node packages, for the tests of policies, state machines and pages"; \
	  command -v npm > /dev/null || { echo "Node is required. Install it, or run: make test" >&2; exit 1; }; \
	  mkdir -p "$(CACHE)"; new=$$(mktemp -d "$(CACHE)/referees.XXXXXX"); trap 'rm -rf "$$new"' EXIT; \
	  cp tools/referees/package.json tools/referees/package-lock.json "$$new"; \
	  npm ci --prefix "$$new" --silent --ignore-scripts --no-audit --no-fund --fetch-retries=0; \
	  rm -rf "$(REFEREES)"; mv "$$new" "$(REFEREES)"; \
	fi

chromium: ## get Chromium, for the tests of the board (apt-get as root on Debian)
	@if ! command -v chromium chromium-browser google-chrome > /dev/null; then \
	  echo "==> Chromium, for the tests of the board"; \
	  if command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get install -y -qq --no-install-recommends chromium > /dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium > /dev/null; }; \
	  else \
	    echo "Chromium is required. Install the package \`chromium\` (Debian) or Google Chrome, or run: make test" >&2; exit 1; \
	  fi; \
	fi

PYTEST := $(PY) -m pytest -n auto --dist worksteal
# A new worker after a crash would lose the data of the others, so a crash ends the run.
# Measuring takes time, so each test has twice its limit, unless it has one of its own.
COVERAGE := --cov --cov-report= --cov-fail-under=0 --max-worker-restart=0 --timeout=120

# Types of changed files and of those that import them are checked while the tests run. The result is printed last.
test: $(READY) ## lint, check types of changed files, run all but the thorough tests; offline too, and tests without their tool are skipped
	@$(PY) -m sandbox cli > /dev/null || echo "==> There is no Pulumi CLI: tests that need it are skipped"
	@$(MAKE) --no-print-directory --silent referees 2> /dev/null || echo "==> There are no Node packages: tests that need them are skipped"
	@$(MAKE) --no-print-directory lint
	@echo "==> Configuration of all stacks"
	@$(PY) -m ops check --all
	@echo "==> Tests"
	@types=$$(mktemp); trap 'kill $$checking 2> /dev/null || true; rm -f "$$types"' EXIT; \
	  $(PY) -m tools.types > "$$types" 2>&1 & checking=$$!; \
	  failed=0; $(PYTEST) -m "not thorough" -r fEs || failed=$$?; \
	  checked=0; wait $$checking || checked=$$?; \
	  echo "==> Types"; cat "$$types"; \
	  test "$$failed" = 0 && test "$$checked" = 0

test-all: setup ruler actionlint referees chromium ## lint, check types, run all tests with coverage; none is skipped (needs Java, Maven, Go, Node and Chromium)
	@$(MAKE) --no-print-directory lint types
	@echo "==> Configuration of all stacks"
	@$(PY) -m ops check --all
	@echo "==> Tests, with coverage"
	@REFEREES=required $(PYTEST) $(COVERAGE)
	@$(PY) -m coverage report
	@echo "==> Random configurations, for about a minute; others with SEED=2"
	@results=$$(mktemp -d); trap 'rm -rf "$$results"' EXIT; \
	  $(PY) -m torture fuzz --count 1200 --seed $(SEED) --results "$$results"

coverage: $(READY) ## run the tests, list the lines that none of them runs, and fail below the floor
	@$(PYTEST) $(COVERAGE)
	@$(PY) -m coverage report

N ?= 200
SEED ?= 1
ARGS ?=

mutants: $(READY) ## change the code in N=200 random places (SEED=1) and count the changes that tests detect
	@$(PY) -m tools.mutation --count $(N) --seed $(SEED) $(ARGS)

lint: $(READY) ## check code style, format (ruff) and prose
	@echo "==> Lint"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m tools.prose

format: $(READY) ## format the code
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

types: $(READY) ## check types of all files strictly
	@echo "==> Types"
	@$(PY) -m basedpyright

bench: $(READY) cli ## run the benchmarks; PARTS="program cdk" selects some
	@$(PY) -m bench $(PARTS)

torture: $(READY) cli ## kill processes, inject faults and try hostile input; PARTS="kills lease" selects some
	@$(PY) -m torture $(PARTS)

smoke: $(READY) cli ## run the smoke test of an account against a live sandbox, in about eight minutes
	@$(PY) -m sandbox.smoke $(ARGS)

compare-providers: $(READY) cli ## deploy `local` and the examples with the official AWS provider and the sandbox's, and compare them (downloads)
	@$(PY) -m sandbox.comparison $(ARGS)

docs: $(READY) ## generate the schemas, and the pages that come from code
	@$(PY) -m tools.ecs_model
	@$(PY) -m config.schema
	@$(PY) -m config.documentation
	@$(PY) -m config.coverage
	@$(PY) -m plugin.schema
	@$(PY) -m ops.pricing.page
	@$(PY) -m ops.deployer
	@$(PY) -m bench.page
	@$(PY) -m torture.page
	@$(PY) -m tools.call_operations
	@$(PY) -m ops.documentation
	@$(PY) -m tests.docs.operating_page
	@$(PY) -m tests.docs.mistakes
	@$(PY) -m tests.docs.review_picture

pictures: $(READY) referees chromium ## take the pictures of the board in docs/ again (with the font Inter, if it is installed)
	@$(PY) -m tests.ops.board.pictures

site: $(READY) ## build this version's site from docs/ into site/; a warning is an error (SITE_REPOSITORY=https://... adds edit links)
	@$(PY) -m tools.site

address: $(READY) ## write REPOSITORY=owner/name into the pages and the template, in place of the placeholder
	@$(PY) -m tools.address "$(REPOSITORY)"

wheel: $(READY) ## build the wheels of the command and of the component into dist/
	@$(PY) -m hatchling build -t wheel
	@cd components && ../$(PY) -m hatchling build -t wheel -d ../dist

wheel-test: $(READY) ## install each wheel alone into a new virtual environment and test it there
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT; \
	$(PY) -m hatchling build -t wheel -d "$$folder"; \
	(cd components && ../$(PY) -m hatchling build -t wheel -d "$$folder"); \
	for name in scheduled_tasks pulumi_ecs_scheduled_tasks; do \
	  $(PY) -m venv "$$folder/$$name"; \
	  "$$folder/$$name/bin/python" -m pip install --quiet --disable-pip-version-check "$$folder/$$name"-*.whl; \
	done; \
	COMMAND_PYTHON="$$folder/scheduled_tasks/bin/python" WHEEL_PYTHON="$$folder/pulumi_ecs_scheduled_tasks/bin/python" \
	  $(PY) -m pytest tests/packaging/test_wheel.py tests/packaging/test_command_wheel.py

LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

lock: $(READY) ## update requirements*.txt from requirements*.in
	@for name in requirements requirements-dev; do \
	  $(LOCK) --upgrade $$name.in -o $$name.txt; \
	done
	@$(LOCK) pyproject.toml -c requirements-dev.txt -o requirements-command.txt
