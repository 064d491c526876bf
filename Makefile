# The few verbs of this project. `make demo` and `make test` set themselves up on a new machine.
.PHONY: setup demo test check check-all bench docs lock

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

setup: $(READY)

$(READY): requirements.lock pyproject.toml tools/setup.sh tools/debian-packages.txt
	PYTHON=$(PYTHON) VENV=$(VENV) sh tools/setup.sh
	@touch $@

demo: $(READY)
	@$(BIN)/python tools/demo.py

test: $(READY)
	$(BIN)/python -m pytest -n auto tests

check: test
	$(BIN)/ruff check src tests bench tools
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/reference.py --check

check-all: check
	JANJI_EXAMPLES=4 $(BIN)/python -m pytest -n auto tests/unit tests/faults
	JANJI_TEST_POSTGRES=15 $(BIN)/python -m pytest -n auto tests/faults tests/journeys/test_care.py
	$(BIN)/python tools/package.py
	$(BIN)/python bench/all.py

bench: $(READY)
	$(BIN)/python bench/all.py --strict

docs: $(READY)
	$(BIN)/python tools/reference.py

lock: $(READY)
	$(BIN)/python tools/lock.py
