# make run 之后打开 http://127.0.0.1:7860 / after make run, open http://127.0.0.1:7860
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
export HF_HUB_OFFLINE := 1
export CHENGWEN_DATA ?= $(wildcard ../shared/data)
HAS_CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

TRAIN_SETS := $(if $(CHENGWEN_DATA),$(addprefix $(CHENGWEN_DATA)/,cmrc2018_train.json drcd_dev.json),tests/data/hard.jsonl)

.PHONY: install wheel run test fast check gate bench bench-page load faults llm train mutants pictures

# Python is asked first: an older one cannot read the modules.
SETUP = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 以上，PYTHON=路径 可另指定 / Python 3.11 or newer is needed, PYTHON=PATH names one" >&2; exit 2; }; exec $(PYTHON) -m bot.cli.environment

install:
	@$(SETUP) install

# OPERATOR=1: documents can be added and removed in the page, from this machine alone.
run:
	@$(SETUP) run $(if $(OPERATOR),--operator)

.venv/installed: pyproject.toml constraints.txt
	@$(SETUP) dependencies

.venv/ready: .venv/installed
	@$(SETUP) install

# What runs without this checkout: pip install -c constraints.txt dist/*.whl
wheel: .venv/installed
	@rm -f dist/chengwen-*.whl
	@$(PIP) wheel --no-deps -w dist .
	@ls dist/chengwen-*.whl

.venv/tests: .venv/installed
	@$(PIP) install -c constraints.txt -e '.[test,load,mcp]'
	@touch $@

test: .venv/tests .venv/ready
	@[ -n "$(HAS_CHROMIUM)" ] || echo "未找到 Chromium，跳过浏览器测试 / no Chromium found: browser tests are skipped" >&2
	@$(BIN)/python -m pytest -q -m "not long" -n 2 --dist loadgroup

# Under a minute: nothing that starts a server or a browser, or needs the encoder.
fast: .venv/tests
	@$(BIN)/python -m pytest -q -m "not slow and not encoder and not browser" -n 2 --dist loadgroup

check: .venv/tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

gate: .venv/ready
	@$(BIN)/chengwen eval gate tests/data/questions.jsonl --baseline tests/data/baseline-questions.jsonl
	@[ -z "$(CHENGWEN_DATA)" ] || $(BIN)/chengwen eval gate $(CHENGWEN_DATA)/cmrc2018_trial.json --sample 200 --baseline tests/data/baseline-trial.jsonl

bench: .venv/tests .venv/ready
	@$(BIN)/python -m bot.bench

bench-page: .venv/tests .venv/ready
	@$(BIN)/python tests/measure_page.py

load: .venv/tests .venv/ready
	@$(BIN)/python tests/load.py
	@$(BIN)/python tests/load_prose.py

faults: .venv/tests .venv/ready
	@$(BIN)/python -m pytest -q -m long

# A small real language model on this machine, about 1 GB in the cache, for tests and a first try; LLM_PORT=8094 moves it.
llm: .venv/installed
	@PYTHONPATH=tests exec $(BIN)/python -m llm $(if $(LLM_PORT),--port $(LLM_PORT))

# Hours on two cores, and it goes on where it stopped; STEPS=50 tries it out.
train: .venv/ready
	@$(BIN)/chengwen train reader $(TRAIN_SETS) $(if $(SERVED),--served $(SERVED)) $(if $(STEPS),--steps $(STEPS))

# Half an hour on two cores: small edits, one at a time, that the fast tests must notice.
mutants: .venv/tests .venv/ready
	@$(BIN)/python tests/mutants.py

# The pictures of README and docs, taken anew in Chromium; they are committed.
pictures: .venv/tests .venv/ready
	@$(BIN)/python tests/screenshots.py
	@cd tests && ../$(BIN)/python -m shown.widget ../docs/images/widget.png
