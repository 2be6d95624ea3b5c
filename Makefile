# Every target makes the virtual environment and installs what it needs by itself.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo story run test check messages bench eval chaos lock clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

.venv/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

demo: .venv/.run  ## the local workspace with the bot in it, in the browser (ARGS="--language ru")
	$(BIN)/python app.py demo $(ARGS)

story: .venv/.run  ## the main story played by itself, printed step by step
	$(BIN)/python app.py demo --story $(ARGS)

run: .venv/.run  ## the bot, with the settings of .env
	$(BIN)/python app.py run

check: .venv/.dev  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

test: check  ## all checks and tests, both databases, browser included where a Chromium is found
	$(BIN)/python -m pytest -n 4 --dist loadscope --no-loadscope-reorder $(ARGS)

messages: .venv/.run  ## bring the catalogues of bot/locales in step with the code
	$(BIN)/python -m bot.catalogue

bench: .venv/.dev  ## the figures that the documentation quotes
	$(BIN)/python -m benchmarks $(ARGS)

eval: .venv/.dev  ## how well Frontline reads: categories, names, themes, on messages never tuned on
	$(BIN)/python -m benchmarks.evaluation $(ARGS)

chaos: .venv/.dev  ## people, faults, kills and replicas against an oracle (ARGS="--seed 7 --database postgres")
	$(BIN)/python -m tests.chaos $(ARGS)

lock:  ## resolve the pinned versions anew
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --extra postgres --generate-hashes --no-emit-index-url --custom-compile-command "make lock" -o requirements.txt
	$(BIN)/python -m uv pip compile pyproject.toml --universal --python-version 3.11 --extra postgres --group dev --generate-hashes --no-emit-index-url --custom-compile-command "make lock" -c requirements.txt -o requirements-dev.txt

clean:  ## remove the virtual environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
