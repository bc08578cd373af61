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
.PHONY: help demo test check bench acceptance format lock clean environment-run environment-dev python

help:
	@echo "make demo    set up .venv and run the main job on built-in history; results in $(DEMO)"
	@echo "make test    set up .venv and pass every gate and test"
	@echo "make check   the gates alone: format, lint, types, layers, sizes, locks"
	@echo "make bench   measure, as ratios within one run"
	@echo "make acceptance  hold every test against simulated worlds, on all cores: RUNS=2000 of each, about an hour"
	@echo "make format  rewrite the code as the formatter wants it"
	@echo "make lock    resolve requirements/*.txt anew (UPGRADE=--upgrade takes the newest versions)"
	@echo "make clean   remove .venv, caches and build output; results stay"

demo: environment-run
	@$(BIN)/waterline run configs/classic.yaml --out $(DEMO)

test: check
	@$(BIN)/python -m pytest -n 2 --cov --cov-report=term $(ARGS)

check: environment-dev
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "Not formatted: run make format."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --strict --no-error-summary $(CODE) tools
	@report=$$($(BIN)/lint-imports --no-logo) || { echo "$$report"; exit 1; }
	@$(BIN)/python tools/house_rules.py $(CODE) tests tools benchmarks
	@$(BIN)/python tools/locks.py requirements/*.txt
	@echo "Gates passed: format, lint, types, layers, house rules, locks."

bench: environment-dev
	@for file in benchmarks/*.py; do echo "$$file"; $(BIN)/python $$file || exit 1; done

acceptance: environment-run
	@$(BIN)/python tools/acceptance.py --runs $(RUNS)

format: environment-dev
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

# dev first; run then starts from its pins, so that both agree. Kept pins are preferred to newer ones.
LOCK := .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--only-binary :all: --annotation-style line $(UPGRADE)
lock: python
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && \
		.venv-lock/bin/python -m pip install -qq --require-hashes --only-binary :all: -r requirements/lock.txt; }
	@$(LOCK) pyproject.toml --group dev --output-file requirements/dev.txt
	@cp requirements/dev.txt requirements/run.txt
	@$(LOCK) pyproject.toml --group build --output-file requirements/run.txt
	@$(LOCK) --no-deps --group oracle --output-file requirements/oracle.txt
	@$(LOCK) --group lock --output-file requirements/lock.txt
	@$(PYTHON) tools/locks.py requirements/*.txt

clean:
	@rm -rf .venv .venv-lock .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment-run environment-dev: environment-%: python
	@$(PYTHON) tools/environment.py $*

python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no '$(PYTHON)' here: install Python 3.11 to 3.14."; exit 1; }
	@$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 14) else \
		'Python 3.11 to 3.14 is needed; $(PYTHON) is %d.%d. Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)' % v)"
