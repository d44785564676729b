# Everything a person needs: `make run` and `make test`. Needs Python 3.11 or 3.12, git and make, nothing else.

PORT ?= 8000
VAR ?= var
SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))
PYTHON ?= $(shell for one in python3.12 python3.11 python3; do \
	$$one -c '$(SUITABLE)' 2>/dev/null && echo $$one && break; done)
SHELL := /bin/sh
export PORT VAR DEMO_PASSWORD
# Without compiled modules a start takes four times as long.
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help
.PHONY: help run test check bench demo messages lock clean
.NOTPARALLEL:

VENV := .venv
BIN := $(VENV)/bin
LANGUAGES := $(wildcard locale/*/LC_MESSAGES/*.po)
COMPILED := $(LANGUAGES:.po=.mo)
# Settings as in production, for the checks that look at them. Nothing is connected.
PRODUCTION := SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	PUBLIC_URL=https://portal.example VAR=$(VENV)/check DATABASE_URL=postgres://nobody@127.0.0.1:1/none \
	REDIS_URL=redis://127.0.0.1:1/0

help:  ## Say what can be made here
	@echo "make TARGET, where TARGET is one of:"
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-11s %s\n", $$1, $$2 }'

run: $(VENV)/runtime $(COMPILED)  ## Set up and run the portal: PORT=8000, VAR=var (where data lives), DEMO_PASSWORD=
	@exec $(BIN)/python -m partnercenter

test: $(VENV)/development $(COMPILED)  ## Set up and run all tests; ARGS= goes to pytest, as in ARGS="-k upload"
	@$(BIN)/python -m pytest $(if $(ARGS),$(ARGS),--numprocesses=2 --dist=loadfile)

check: $(VENV)/development $(COMPILED)  ## Style, import contracts, types, templates, migrations, production settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	@$(PRODUCTION) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(VENV)/development $(COMPILED)  ## Measure speed and weight, and say which goals are met; SIZE=small takes a minute
	@SIZE="$(SIZE)" $(BIN)/python -m bench

demo: $(VENV)/runtime  ## Make the demo data again, in the portal that runs on VAR
	@DEMO=1 DEMO_PASSWORD="$${DEMO_PASSWORD:-$$(cat "$(VAR)/demo_password" 2>/dev/null)}" \
		$(BIN)/python manage.py demo || { echo "Does the portal run? It must: make run VAR=$(VAR)" >&2; exit 1; }

messages: $(VENV)/runtime  ## Collect the strings to translate into locale/
	@$(BIN)/python manage.py messages

lock: $(VENV)/development  ## Write requirements*.txt anew from pyproject.toml, newest versions with hashes
	@$(LOCK) pyproject.toml --output-file requirements.txt
	@$(LOCK) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

clean:  ## Remove what was set up here (the data in VAR stays)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results $(COMPILED)

$(BIN)/pip:
	@$(or $(PYTHON),false) -c '$(SUITABLE)' || { \
		echo "The portal needs Python 3.11 or 3.12, and there is none: $$(python3 --version 2>&1)." >&2; \
		echo "Install one of them, or say where it is: make run PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/runtime: requirements.txt | $(BIN)/pip
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/development: requirements-dev.txt | $(BIN)/pip
	@$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/runtime

define install
echo "Installing $(1) ..."; \
$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(1) || { \
	echo "The packages of $(1) could not be installed; pip says why above." >&2; \
	echo "If it speaks of a compiler, a package has no ready-made build for this machine: install one and try again" >&2; \
	echo "(Debian and Ubuntu: apt-get install build-essential python3-dev). If it speaks of a connection, check it." >&2; \
	exit 1; }
endef

%.mo: %.po | $(VENV)/runtime
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@ --domain=django --locale=$(word 2,$(subst /, ,$<))
