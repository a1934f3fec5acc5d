# Everything runs from a virtual environment in .venv that these targets make by themselves.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV ?= uv
PARTS := libs/contracts libs/eventkit libs/client libs/backing services/gateway services/partnerships services/stability services/platform
DEV_PARTS := $(PARTS) libs/testkit
MANIFESTS := $(DEV_PARTS:%=%/pyproject.toml)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.PHONY: help
help: ## Print what can be made, one line each
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name it: make PYTHON=python3.12 ...")'
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# Hash-checked installs refuse local packages, so the parts follow in a step of their own. A lock names all there is: nothing is resolved.
$(VENV)/.runtime: requirements.lock $(MANIFESTS) | $(BIN)/python
	@echo "Installing the pinned dependencies (about half a minute, once)"
	@$(PIP) --no-deps --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation $(PARTS:%=--editable %)
	@$(BIN)/python -m pip --quiet check
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(MANIFESTS) | $(BIN)/python
	@echo "Installing the pinned dependencies for development (about a minute, once)"
	@$(PIP) --no-deps --require-hashes --requirement requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation $(DEV_PARTS:%=--editable %)
	@$(BIN)/python -m pip --quiet check
	@touch $@ $(VENV)/.runtime

.PHONY: demo
demo: $(VENV)/.runtime ## Play a month of the world and a year of a treaty through the platform, and read what it makes of them
	@$(BIN)/entente demo

.PHONY: up
up: $(VENV)/.runtime ## Run all services in one process on http://127.0.0.1:8600 (data in ./data)
	@$(BIN)/entente up --data data

.PHONY: test
test: $(VENV)/.dev ## Run the fast tests with coverage of libs/ (embedded, some minutes on two cores)
	@$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --cov --cov-report=term --cov-fail-under=95

# A client whose broker is killed may leave its socket to the garbage collector, which then speaks up in whatever test runs: told, no error.
# A deployment is told from its beginning to its end, so files keep their order.
TOLD := -W default::pytest.PytestUnraisableExceptionWarning

.PHONY: test-all
test-all: $(VENV)/.dev ## Run the tests on real servers too, on every column; a missing one fails (infra/debian.sh installs all)
	@$(BIN)/python -m pytest tests/integration tests/chaos --numprocesses 2 --dist loadfile --randomly-dont-reorganize $(TOLD) \
		--columns embedded,native,containers --every-column --durations 15

.PHONY: chaos
chaos: $(VENV)/.dev ## Kill, stop and cut everything under load, one fault a run, and check what is left (about a quarter of an hour)
	@$(BIN)/python -m tests.chaos

.PHONY: check-data
check-data: $(VENV)/.dev ## Import whole data sets and compare: make check-data DIR=folder (some minutes; the data is not shipped)
	@$(BIN)/python -m tests.check_data "$(DIR)"

.PHONY: images
images: ## Bring up a Docker engine and every image, built here where no registry answers (Debian, root)
	@infra/airgap/up.sh

.PHONY: lint
lint: $(VENV)/.dev ## Check format, style, types, import rules and the committed schemas
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy libs services
	$(BIN)/lint-imports
	$(BIN)/python -m entente_testkit.schema_gate

.PHONY: format
format: $(VENV)/.dev ## Put the code into its format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: schemas
schemas: $(VENV)/.dev ## Write the JSON Schemas and the AsyncAPI document from the contracts
	@$(BIN)/python -m entente_contracts.schemas
	@$(BIN)/python -m entente_contracts.asyncapi

.PHONY: bench
bench: $(VENV)/.dev ## Measure against bare loops and other libraries; prints tables of ratios
	@$(BIN)/python -m tests.benchmarks

.PHONY: lock
lock: ## Pin the dependencies anew (needs uv)
	@infra/lock.sh $(UV)

.PHONY: clean
clean: ## Take away the virtual environment and everything that was generated
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage build
