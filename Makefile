# The daily habits. Each target makes the environment it needs; nothing but Python 3.11+ with venv is assumed.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DEMO   ?= demo

.DEFAULT_GOAL := help
.PHONY: help demo test test-engines test-emulator test-lowest lint format fuzz bench bench-intake bench-scale bench-truth docker-check docs picture goldens clean

help:            ## Show the targets
	@grep -E '^[a-z-]+: .*##|^[a-z-]+: +##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "clm-audit needs Python 3.11 or newer; run: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.runtime: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@ $(VENV)/.runtime

demo: $(VENV)/.runtime  ## Audit the sample company and say where the HTML report is
	$(BIN)/clm-audit demo --output $(DEMO)

test: $(VENV)/.dev      ## Run the whole test suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-engines: $(VENV)/.dev  ## Run the tests of Spark (needs Java 17) and PostgreSQL, which `make test` leaves out
	$(BIN)/python -m pip install --quiet --group engines
	$(BIN)/python -m pytest -m engines -n 2 --dist loadfile tests/engines

test-emulator:   ## Run the audit through Snowflake's own driver against an emulator, in an environment of its own
	$(PYTHON) -m venv $(VENV)-emulator
	$(VENV)-emulator/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(VENV)-emulator/bin/python -m pip install --quiet --editable . --group dev --group emulator
	$(VENV)-emulator/bin/python -m pytest -m engines tests/engines/test_engines_snowflake_emulator.py

test-lowest:     ## Run the suite against the oldest supported versions of the dependencies
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(VENV)-lowest/bin/python -m pip install --quiet --editable . --group dev --constraint tests/lowest.txt
	$(VENV)-lowest/bin/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.dev      ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev    ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev     ## Speed and memory as ratios in one run (1 M orders; BENCH_SIZES=1,10 for more)
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python benchmarks/speed.py --sizes $(or $(BENCH_SIZES),1)

bench-intake: $(VENV)/.dev  ## Score the intake on polluted files beside other readers, and its speed
	$(BIN)/python -m pip install --quiet --group bench
	PYTHONPATH=. $(BIN)/python benchmarks/intake/score.py
	PYTHONPATH=. $(BIN)/python benchmarks/intake/corpora.py
	PYTHONPATH=. $(BIN)/python benchmarks/intake/speed.py

bench-scale: $(VENV)/.dev  ## What size costs, in bounded memory (1 M orders; BENCH_SIZES=1,10,100 for more)
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python benchmarks/scale/run.py --sizes $(or $(BENCH_SIZES),1)

bench-truth: $(VENV)/.dev  ## False alarms, coverage and power of verdict and lifecycle (BENCH_SHORT=1: a look)
	$(BIN)/python -m pip install --quiet --group bench
	PYTHONPATH=. $(BIN)/python benchmarks/truth/run.py $(if $(BENCH_SHORT),--short)
	PYTHONPATH=. $(BIN)/python benchmarks/truth/lifecycle.py $(if $(BENCH_SHORT),--short)

docker-check:    ## Build the image and run it without network, as another user (BASE=image, DOCKER_BUILD=options)
	tests/packaging/docker_check.sh

fuzz: $(VENV)/.dev      ## Feed mutated files to every reader (FUZZ_MINUTES=10)
	PYTHONPATH=tests:. $(BIN)/python tests/fuzz/fuzz.py --minutes $(or $(FUZZ_MINUTES),10)

docs: $(VENV)/.dev      ## Write the reference anew from the code, and build the site into site/
	$(BIN)/python tests/docs/systems_table.py
	$(BIN)/python tests/docs/reference.py
	$(BIN)/mkdocs build --strict

picture: demo           ## Take the picture of the report that the README shows (needs Chromium)
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,1265 \
	  --screenshot=docs/report.png "file://$(CURDIR)/$(DEMO)/report.html"

goldens: $(VENV)/.dev   ## Write the golden outputs anew; read the diff before committing
	CLM_AUDIT_UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/report tests/docs

clean:           ## Remove the environment and what runs leave behind
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-emulator $(DEMO) build dist site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
