# What `make` does here is what CI does. Needed: Python 3.11+ with venv, git, make. All else goes into .venv.

PYTHON  ?= python3
WORKERS ?= auto
VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check --no-input
ARGS    ?=

.DEFAULT_GOAL := help
.PRECIOUS: $(VENV)/.installed-%

.PHONY: help
help:  ## show this list
	@echo "make TARGET [ARGS='...'] [PYTHON=python3.12]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- what people run ---------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.installed-demo compiled  ## the whole story on real models, in about a minute (ARGS go to demo/run.py)
	$(BIN)/python demo/run.py $(ARGS)

.PHONY: test
test: $(VENV)/.installed-test compiled  ## all tests but the slow ones (ARGS go to pytest)
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow" $(ARGS)

.PHONY: test-all
test-all: $(VENV)/.installed-test-all compiled  ## all tests
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

.PHONY: test-wheel
test-wheel: $(VENV)/.installed-dev  ## build the wheel, install it into a venv of its own, and test that
	rm -rf build dist
	$(BIN)/python -m build --no-isolation --outdir dist .
	$(PYTHON) -m venv --clear build/venv
	build/venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
	  "modelops-git[test] @ file://$(CURDIR)/$$(echo dist/*.whl)"
	build/venv/bin/python -c 'import modelops_git, sys; sys.exit("site-packages" not in modelops_git.__file__)'
	build/venv/bin/python -m pytest -n $(WORKERS) -m "not slow" $(ARGS)

.PHONY: lint
lint: lint-style lint-types lint-imports lint-workflows lint-registry docs  ## style, types, layers, workflows, example registry, docs

.PHONY: docs
docs: $(VENV)/.installed-dev  ## build the documentation into docs/_build/html; a warning is an error
	$(BIN)/sphinx-build -W -n --keep-going -q -b html docs docs/_build/html

.PHONY: bench
bench: $(VENV)/.installed-dev compiled  ## measure beside the peers (needs hyperfine and npm); appends to docs/benchmarks.md
	$(BIN)/python benchmarks/run.py $(ARGS)

.PHONY: fuzz
fuzz: $(VENV)/.installed-test compiled  ## break the readers by coverage-guided fuzzing (ARGS='--seconds 600 manifest')
	$(BIN)/python fuzz/run.py $(ARGS)

.PHONY: format
format: $(VENV)/.installed-dev  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# --- the parts of lint -------------------------------------------------------------------------------------

.PHONY: lint-style
lint-style: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: lint-types
lint-types: $(VENV)/.installed-dev
	$(BIN)/mypy

.PHONY: lint-imports
lint-imports: $(VENV)/.installed-dev
	$(BIN)/lint-imports --no-logo

.PHONY: lint-workflows
lint-workflows: $(VENV)/.installed-dev
	$(BIN)/actionlint .github/workflows/*.yml
	$(BIN)/zizmor --offline --persona auditor --quiet .github action.yml

.PHONY: lint-registry
lint-registry: $(VENV)/.installed-dev compiled
	$(BIN)/modelops validate --all
	$(BIN)/modelops verify

# --- what is written by programs, and committed ------------------------------------------------------------

.PHONY: generate
generate: $(VENV)/.installed-dev  ## write all generated files anew: schemas/, docs/reference/, numbers in docs/concepts/
	$(BIN)/python tools/generate.py

.PHONY: constraints
constraints: $(VENV)/.installed-dev  ## pin the newest versions of everything that is installed
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest --all-extras \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file constraints.txt pyproject.toml

# --- the environment ---------------------------------------------------------------------------------------

$(VENV)/.created: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than 3.11: say which one to use, as in make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet -c constraints.txt hatchling editables
	@touch $@

# The build back end is installed above, so that its version is pinned as well.
$(VENV)/.installed-%: $(VENV)/.created pyproject.toml constraints.txt
	@echo "Installing modelops-git[$*] into $(VENV); the first time takes a minute or two."
	$(PIP) install --quiet -c constraints.txt --no-build-isolation -e ".[$*]"
	@touch $@

# Spark comes as source only, which setuptools turns into a wheel.
$(VENV)/.installed-test-all: $(VENV)/.setuptools
$(VENV)/.setuptools: $(VENV)/.created
	$(PIP) install --quiet -c constraints.txt setuptools
	@touch $@

# Compiled even where PYTHONDONTWRITEBYTECODE is set: otherwise every start of `modelops` compiles anew.
.PHONY: compiled
compiled:
	@$(BIN)/python -m compileall -q src

.PHONY: clean
clean:  ## remove all that make and the tests have made
	rm -rf $(VENV) build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis demo-registry
	find src tests benchmarks demo docs tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
