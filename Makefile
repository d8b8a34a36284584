# make run, make test: both work on a machine that has only Python 3.11 or newer and make.

PORT ?= 8501
BIN := .venv/bin

.PHONY: run install test lint bench demo nightly

run: install
	@echo "Starting Talkdeck on http://127.0.0.1:$(PORT) (Ctrl+C stops it)."
	@$(BIN)/python -m streamlit run app.py --server.port $(PORT)

install:
	@.ci/install

test: install
	@$(BIN)/python -m tests.provision
	@tests/tiers

lint: install
	@echo "Lint: ruff"
	@$(BIN)/python -m ruff check .
	@echo "Lint: mypy, strict, core"
	@$(BIN)/python -m mypy

bench: install
	@$(BIN)/python -m tests.provision
	@$(BIN)/python -m bench

demo: install
	@$(BIN)/python -m core demo
	@$(MAKE) --no-print-directory run

nightly: install
	@$(BIN)/python -m tests.provision
	@tests/tiers --nightly
