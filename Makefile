# Everything starts here; `make` alone lists what there is.
#
# Each goal makes its own .venv from requirements.lock with plain pip, once, and again when the
# lock or pyproject.toml changes. Another interpreter: make PYTHON=python3.12 demo

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python on the PATH that is new enough; else python3, so that the preflight can say so.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; \
	done; echo python3)

VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Tests run side by side, a process for each core; each process takes some 700 MB.
PARALLEL := --numprocesses auto --maxprocesses 4 --dist worksteal

.PHONY: help demo test test-slow check format strings bundle lock clean preflight

help: ## List the goals
	@echo "ar_preview: AR product preview"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

demo: preflight $(STAMP) ## Wear a pair of glasses: in a window, or as out/demo.mp4 without a display
	@$(BIN)/ar-preview demo

test: preflight $(STAMP) ## Run the tests (a few minutes)
	@$(BIN)/python -m pytest $(PARALLEL) -m "not slow"

test-slow: preflight $(STAMP) ## Run the long tests: packaging, privacy, whole clips
	@$(BIN)/python -m pytest $(PARALLEL) -m slow

check: preflight $(STAMP) ## Check format, lint, types and tests
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy
	@$(BIN)/python -m pytest $(PARALLEL) -m "not slow"

format: preflight $(STAMP) ## Rewrite the code in the house format
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

strings: preflight $(STAMP) ## Bring the translatable strings of the app up to date
	@$(BIN)/pyside6-lupdate ar_preview/app/*.py -no-obsolete -locations none \
	  -ts assets/translations/*.ts
	@$(BIN)/pyside6-lrelease -silent assets/translations/ar_preview_*.ts

bundle: preflight $(STAMP) ## Make dist/ar_preview, a folder that runs without Python, and try it
	@$(PIP) install 'pyinstaller>=6.11,<7'
	@$(BIN)/python bundle/make.py

# Local wheel folders are left out: the hashes must be those of the public index.
lock: preflight $(STAMP) ## Resolve pyproject.toml into requirements.lock again
	@$(PIP) install uv
	@env -u PIP_FIND_LINKS -u UV_FIND_LINKS UV_CUSTOM_COMPILE_COMMAND="make lock" \
	  $(BIN)/python -m uv pip compile --quiet --no-config --upgrade --universal --all-extras \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  pyproject.toml -o requirements.lock

clean: ## Remove the environment and the caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

preflight:
	@$(PYTHON) ar_preview/preflight.py

$(STAMP): requirements.lock pyproject.toml
	@echo "Installing into $(VENV) (about half a minute) ..."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(STAMP)
