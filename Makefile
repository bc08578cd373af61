# The two commands: `make demo` and `make test`. Needs Python 3.11 to 3.14 with venv, make and a package index.
# Another interpreter: make PYTHON=python3.12 test
PYTHON ?= python3
BIN := .venv/bin
CODE := waterline signals strategies
DEMO := reports/classic

MAKEFLAGS += --no-print-directory
.SUFFIXES:
.DEFAULT_GOAL := help
RUNS ?= 2000
# One more than the two cores that the tests are meant for: some wait for servers, locks and other processes.
WORKERS ?= 3
.PHONY: help demo test coverage check bench acceptance docs reference format lock clean environment-run environment-dev python

help:
	@echo "make demo    set up .venv and run the main job on built-in history; results in $(DEMO)"
	@echo "make test    set up .venv and pass every gate and test"
	@echo "make coverage  all tests once more, counting the lines they reach"
	@echo "make check   the gates alone: format, lint, types, layers, sizes, locks, links"
	@echo "make bench   measure, as ratios within one run"
	@echo "make docs    build the documentation into site/; open site/index.html"
	@echo "make reference  rewrite the pages of the documentation that come from the code"
	@echo "make acceptance  hold every test against simulated worlds, on all cores: RUNS=2000 of each, about an hour"
	@echo "make format  rewrite the code as the formatter wants it"
	@echo "make lock    resolve requirements/*.txt anew (UPGRADE=--upgrade takes the newest versions)"
	@echo "make clean   remove .venv, caches and build output; results stay"

demo: environment-run
	@$(BIN)/waterline run configs/classic.yaml --out $(DEMO)

test: check
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

# Apart, as counting lines makes the tests take half as long again.
coverage: environment-dev
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=term $(ARGS)

check: environment-dev
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "Not formatted: run make format."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --strict --no-error-summary $(CODE) tools
	@report=$$($(BIN)/lint-imports --no-logo) || { echo "$$report"; exit 1; }
	@$(BIN)/python tools/house_rules.py $(CODE) tests tools benchmarks
	@$(BIN)/python tools/locks.py requirements/*.txt
	@$(BIN)/python tools/links.py
	@echo "Gates passed: format, lint, types, layers, house rules, locks, links."

bench: environment-dev
	@for file in benchmarks/*.py; do echo "$$file"; $(BIN)/python $$file || exit 1; done

# An environment of its own: the site needs nothing of the project, and the project nothing of the site.
docs: .venv-docs/made
	@$(PYTHON) tools/links.py
	@.venv-docs/bin/zensical build --clean --strict
	@echo "The documentation: site/index.html"

.venv-docs/made: requirements/docs.txt | python
	@$(PYTHON) -m venv --clear .venv-docs
	@.venv-docs/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes --only-binary :all: \
		-r requirements/docs.txt
	@touch $@

reference: environment-dev
	@$(BIN)/python tools/reference.py

acceptance: environment-run
	@$(BIN)/python tools/acceptance.py --runs $(RUNS)

format: environment-dev
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

# dev first; run and docs then start from its pins, so that all agree. Kept pins are preferred to newer ones.
LOCK := .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--only-binary :all: --annotation-style line $(UPGRADE)
lock: python
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && \
		.venv-lock/bin/python -m pip install -qq --require-hashes --only-binary :all: -r requirements/lock.txt; }
	@$(LOCK) pyproject.toml --group dev --output-file requirements/dev.txt
	@cp requirements/dev.txt requirements/run.txt
	@$(LOCK) pyproject.toml --group build --output-file requirements/run.txt
	@cp requirements/dev.txt requirements/docs.txt
	@$(LOCK) --group docs --output-file requirements/docs.txt
	@$(LOCK) --no-deps --group oracle --output-file requirements/oracle.txt
	@$(LOCK) --group lock --output-file requirements/lock.txt
	@$(PYTHON) tools/locks.py requirements/*.txt

clean:
	@rm -rf .venv .venv-lock .venv-docs site .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment-run environment-dev: environment-%: python
	@$(PYTHON) tools/environment.py $*

python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no '$(PYTHON)' here: install Python 3.11 to 3.14."; exit 1; }
	@$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 14) else \
		'Python 3.11 to 3.14 is needed; $(PYTHON) is %d.%d. Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)' % v)"
