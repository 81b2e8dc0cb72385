# Two commands are all a newcomer needs: `make run` and `make test`.
# Nothing is needed but python3 (with venv) and make; nothing is downloaded after the installation.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
SEED ?= 20260930
OUT ?= out/demo
STAMP := $(VENV)/.installed
# One more than processors: now and then a test waits for a browser or a process. Two more take as long (585 and 592 s).
WORKERS ?= 3
export UV_PYTHON_DOWNLOADS := never
# Where it is set, every process compiles anew what it imports: a test that starts ten of them pays ten times.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run demo test check format bench coverage soak reference lock clean

help: ## what can be done here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; $(PYTHON) is older. Try: make PYTHON=python3.12 run" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "python3 lacks venv. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The lock holds every version with its hashes; uv installs it in seconds, pip in a minute or two.
$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	@if command -v uv >/dev/null 2>&1; then UV=uv; \
	elif $(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13,<1' 2>/dev/null; then UV=$(BIN)/uv; \
	else UV=; fi; \
	if [ -n "$$UV" ]; then \
	  "$$UV" pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
	  "$$UV" pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

install: $(STAMP) ## everything into .venv

run: install ## fill the demonstration city if there is none, then serve it
	$(BIN)/survey-service demo --out $(OUT) --seed $(SEED) --if-missing
	$(BIN)/survey-service serve --demo $(OUT) --port $(PORT)

demo: install ## the demonstration city and all its PDFs under out/demo/
	$(BIN)/survey-service demo --out $(OUT) --seed $(SEED)

test: install ## every test
	$(BIN)/python -m pytest -n $(WORKERS)

check: install ## format, lint, types, contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/oxlint --deny-warnings survey_service/web/static
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

format: install ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install ## timings as JSON lines, with peers in the same run
	$(BIN)/python -m tests.bench

coverage: install ## how often intervals hold the truth, by simulation; writes docs/coverage.md
	$(BIN)/python -m tests.coverage

soak: install ## the heavy proofs at full count, everything on PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS) -m soak --soak

reference: install ## regenerate the reference numbers with Rscript
	$(BIN)/python -m tests.reference

lock: ## resolve the dependencies anew (raise them deliberately)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra test pyproject.toml -o requirements.lock

clean: ## remove what was built; never a database outside out/
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
