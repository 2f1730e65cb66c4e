# What people and CI type. `make ask` and `make test` need nothing but Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PATHS ?= seeds

.PHONY: ask test check gate bench crash clean

# Installs, brings the index of PATHS up to date, then opens the prompt, or answers once: make ask Q="…"
ask: $(VENV)/.run
ifdef Q
	@$(BIN)/qa ask "$$QUESTION" $(PATHS)
else
	@$(BIN)/qa $(PATHS)
endif
ask: export QUESTION = $(Q)

test: $(VENV)/.dev
	$(BIN)/python -m pytest

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Quality, held to the floors of tests/gold/floors.json; corpora that are not on this machine are skipped with a reason.
gate: $(VENV)/.dev
	$(BIN)/python -m tests.gate

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.run

# The long version of the kill rig: a thousand kills instead of some hundred, and each write instead of some.
crash: $(VENV)/.dev
	QA_RIG=full $(BIN)/python -m pytest tests/test_crash.py

clean:
	rm -rf $(VENV) .qa build *.egg-info .mypy_cache .ruff_cache .hypothesis

# Editable, so that what runs is what stands here; redone when the dependencies change. The Python must be 3.11 or newer.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Type: make PYTHON=python3.12 ask"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.run
