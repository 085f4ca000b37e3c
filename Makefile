# Two commands matter: `make run` and `make test`. Both set everything up in .venv; nothing is asked.
# Without make (Windows): README.md gives the same steps as plain commands.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
PORT ?= 8501

.PHONY: run test lint score bench brief screenshots clean help
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { echo "python -m venv failed; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.core: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing what the ETL and the dashboard need …"
	@$(PIP) -e .
	@touch $@

$(VENV)/.full: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing what the tests need …"
	@$(PIP) -e '.[dev,ocr,cluster,auth,deploy]'
	@touch $@ $(VENV)/.core

run: $(VENV)/.core ## read the newspapers in data/raw and open the dashboard on 127.0.0.1:8501
	@$(BIN)/python -m etl run || [ $$? -eq 2 ]
	@exec $(BIN)/python -m dashboard --port $(PORT)

test: $(VENV)/.full ## run all tests
	@$(BIN)/python -m pytest

lint: $(VENV)/.full ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

score: $(VENV)/.full ## accuracy against hand labels, held to its floors
	@$(BIN)/python -m etl score

bench: $(VENV)/.full ## measure speed side by side with peers; writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks

screenshots: $(VENV)/.full ## photograph every page of the dashboard into docs/screenshots
	@$(BIN)/python -m etl run || [ $$? -eq 2 ]
	@$(BIN)/python -m tests.browser.screenshots

clean: ## remove what runs, tests and builds made (not the raw files)
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@rm -rf data/versions data/cache data/logs data/events.parquet data/articles.parquet data/run.json data/run.html data/.lock*
