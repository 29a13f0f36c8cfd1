# Everything runs inside .venv, which is made on first use; a second call does only what changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamps
EXTRAS := pandas polars datasets spacy scrapy datatrove spark ray
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help setup run test integrations extras lint quality bench soak train golden shots clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(STAMP)/venv:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.10 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 10) else None'
	$(PYTHON) -m venv $(VENV)
	# pip before 23.3 breaks on lxml[html_clean], asked for under two spellings by two packages
	$(BIN)/pip install -q -U pip
	@mkdir -p $(STAMP) && touch $@

$(STAMP)/run: $(STAMP)/venv pyproject.toml
	$(BIN)/pip install -q -e .
	@touch $@

$(STAMP)/test: $(STAMP)/run
	$(BIN)/pip install -q -e '.[test]'
	@touch $@

$(STAMP)/dev: $(STAMP)/test
	$(BIN)/pip install -q -e '.[dev]'
	@touch $@

$(STAMP)/train: $(STAMP)/dev
	$(BIN)/pip install -q -e '.[train]'
	@touch $@

setup: $(STAMP)/run  ## make .venv and install the package

run: $(STAMP)/run  ## clean the fixtures folder into out/ and print a summary
	$(BIN)/cleaner clean fixtures/pages/*/source.* -o out --overwrite

test: $(STAMP)/test  ## run every test
	$(BIN)/python -m pytest -n auto

integrations: $(STAMP)/test  ## install the extras of engines and libraries (2 GB) and run their tests and examples
	for extra in $(EXTRAS); do $(BIN)/pip install -q -e ".[$$extra]" || exit 1; done
	$(BIN)/python -m pytest $(wildcard tests/test_integrations_*.py) tests/test_docs_examples.py

extras:  ## install each of these extras alone in a fresh environment, 1 GB at most, and run its example: make extras EXTRAS=ray
	for extra in $(EXTRAS); do rm -rf out/extra && $(PYTHON) -m venv out/extra && out/extra/bin/pip install -q -U pip && \
	  out/extra/bin/pip install -q -e ".[$$extra]" pytest && out/extra/bin/pip check && \
	  out/extra/bin/python -m pytest --noconftest tests/test_docs_examples.py || exit 1; done
	rm -rf out/extra

lint: $(STAMP)/dev  ## style, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

quality: $(STAMP)/dev  ## measure on the test pages and compare with the floors
	$(BIN)/python -m cleaner.evaluation.gate

bench: $(STAMP)/dev  ## time per page beside other tools; PROFILE=1: where it goes; PLOT=1: how it grows (docs/growth.svg); PICTURE=1: all tools, docs/speed.svg
	$(BIN)/python -m cleaner.evaluation.bench $(if $(PROFILE),--profile) $(if $(PLOT),--plot docs/growth.svg) $(if $(PICTURE),--all --picture docs/speed.svg)

soak: $(STAMP)/test  ## write a folder of 20,000 mixed documents and clean it with two processes: make soak DOCUMENTS=2000
	$(BIN)/python -m cleaner.evaluation.soak out/soak $(or $(DOCUMENTS),20000)
	$(BIN)/cleaner clean out/soak -o out/soaked -f txt,jsonl -j 2

train: $(STAMP)/train  ## rebuild the weights from the corpora
	$(BIN)/python -m cleaner.training

golden: $(STAMP)/test  ## rewrite the expected text of one fixture: make golden SLUG=...
	@test -n "$(SLUG)" || { echo "Say which fixture: make golden SLUG=name (a folder of fixtures/pages)"; exit 2; }
	$(BIN)/python tests/make_golden.py "$(SLUG)" $(if $(PROBLEMS),--problems)

shots: $(STAMP)/test  ## take pictures of the reports into out/shots/; needs the Debian packages chromium and chromium-driver
	$(BIN)/python tests/make_shots.py

clean:  ## remove what the targets made, but for .venv
	rm -rf out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
