# The few verbs of this project. `make demo` and `make test` set themselves up on a new machine.
.PHONY: setup demo tour test static check check-all bench docs lock

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# One more than there are processors: tests wait for servers and browsers too.
WORKERS := $(shell expr $$(nproc) + 1)

setup: $(READY)

$(READY): requirements.lock pyproject.toml client/pyproject.toml tools/setup.sh tools/debian-packages.txt
	PYTHON=$(PYTHON) VENV=$(VENV) sh tools/setup.sh
	@touch $@

demo: $(READY)
	@$(BIN)/python tools/demo.py

tour: $(READY)
	@$(BIN)/python tools/tour.py

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests

static: $(READY)
	$(BIN)/ruff check src client examples tests bench tools
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/reference.py --check
	$(BIN)/python tools/audit.py

check: static test

# Faults of what is not our own database, and of the one that comes along: the version of the server's is nothing to them.
ELSEWHERE := $(foreach name,embedded_server client_faults file_faults store_faults,--ignore tests/faults/test_$(name).py)

# All of `check`, with more examples where nothing but values is looked at, and then what takes long.
check-all: static
	JANJI_EXAMPLES=2 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests/unit
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests --ignore tests/unit
	JANJI_TEST_POSTGRES=15 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests/faults tests/journeys/test_care.py $(ELSEWHERE)
	$(BIN)/python tools/package.py
	$(BIN)/python bench/all.py --small
	$(BIN)/python bench/soak.py --minutes 1

bench: $(READY)
	$(BIN)/python bench/all.py --strict

docs: $(READY)
	$(BIN)/python tools/reference.py

lock: $(READY)
	$(BIN)/python tools/lock.py
