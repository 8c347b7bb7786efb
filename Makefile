# Mötas. `make` lists what can be done; every target is safe to repeat.
PYTHON ?= $(shell command -v python3.11 || echo python3)
BIN := .venv/bin
NPM := npm --prefix frontend
ARGS ?=
.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

# --- the environment: made once, renewed when a lock file changes ---

.venv/.runtime: requirements/runtime.txt
	@scripts/new-venv "$(PYTHON)"
	@echo "Installing what Mötas runs on (requirements/runtime.txt) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.runtime
	@echo "Installing the development tools (requirements/dev.txt) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Not `npm ci`: it refuses a lock without the optional programs of every other platform. The hashes of the
# lock are checked all the same, and --no-save leaves the lock as it is.
frontend/node_modules/.installed: frontend/package-lock.json
	@scripts/node-present
	@echo "Installing the tools that check the JavaScript ..."
	@$(NPM) install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: dev debian
dev: .venv/.dev frontend/node_modules/.installed
debian:
	@scripts/debian-packages

# --- for everybody ---

.PHONY: run
run: .venv/.runtime ## Start a trial on http://localhost:8000 (PORT and VAR may be set)
	@exec $(BIN)/python manage.py serve

# --- for those who change the code ---

.PHONY: check
check: dev ## Everything CI checks before the tests: format, lint, types, floors, templates, JavaScript
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet frontend/templates
	$(NPM) run check

.PHONY: test
test: debian dev ## Run the tests; ARGS="tests/booking -x" is handed to pytest
	$(if $(ARGS),,$(NPM) test)
	$(BIN)/python -m pytest $(or $(ARGS),-n 2 --dist loadfile --no-loadscope-reorder)

.PHONY: format
format: dev ## Put the code into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run format

.PHONY: bench storm mutants guessing fuzz bench-dst explain calendars rotation planted machine
bench: debian dev ## Print measured times, each beside its floor in the same run
	$(BIN)/python -m tests.benchmarks $(ARGS)

storm: debian dev ## Race for the same times over HTTP and in many processes, long run (ARGS="http mixed" for some parts)
	$(BIN)/python -m tests.programs.storm $(ARGS)

machine: dev ## Walk the use cases beside a model in memory, long run; ARGS=steps
	$(BIN)/python -m tests.programs.machine $(ARGS)

mutants: debian dev ## Break the code in small ways and see which its tests notice, long run (ARGS="slots" for one module)
	$(BIN)/python -m tests.programs.mutants $(ARGS)

guessing: dev ## Guess keys and codes from one network, long run
	$(BIN)/python -m tests.programs.guessing $(ARGS)

rotation: debian dev ## Renew keys while 50 requests a second run, long run
	$(BIN)/python -m tests.programs.rotation $(ARGS)

planted: debian dev ## Search a backup without keys for 1,000 planted people, long run
	$(BIN)/python -m tests.programs.planted $(ARGS)

fuzz: debian dev ## Feed forms, the API, sockets and frames hostile input, long run (ARGS="forms --cases 500" for one)
	$(BIN)/python -m tests.programs.fuzz $(ARGS)

bench-dst: dev ## A million opening rules around the clock changes against the oracle
	$(BIN)/python -m tests.programs.bench_dst $(ARGS)

explain: dev ## 100,000 random starts: search offers one exactly when no reason is told
	$(BIN)/python -m tests.programs.explain $(ARGS)

calendars: dev ## Read a folder of calendar files and compare: CASES=folder
	@test -n "$(CASES)" || { echo "Say which folder: make calendars CASES=folder" >&2; exit 2; }
	$(BIN)/python -m tests.programs.calendars "$(CASES)" $(ARGS)

.PHONY: messages
messages: debian dev ## Collect the texts to translate and build the .mo files
	$(BIN)/python manage.py makemessages
	$(BIN)/python manage.py compilemessages --ignore=.venv --ignore=node_modules

# One recipe for both locks: hashes for every file, and no address of any package index.
COMPILE := pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
	--no-emit-trusted-host --no-emit-find-links --no-header

.PHONY: lock
lock: .venv/.dev ## Lock the newest allowed versions, with hashes (ARGS="--upgrade-package django" for one)
	cd requirements && ../$(BIN)/$(COMPILE) $(or $(ARGS),--upgrade) -o runtime.txt runtime.in
	cd requirements && ../$(BIN)/$(COMPILE) $(or $(ARGS),--upgrade) -o dev.txt dev.in
