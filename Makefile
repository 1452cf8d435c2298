# The two commands: `make run` (see it work) and `make test` (see that it works). Both start from a bare Debian.
.PHONY: run test bench promises fuzz chaos docs format clean

PYTHON ?= python3
BIN := .venv/bin
CONF := $(CURDIR)/conf/supervisord/supervisord.conf
JUNIT := .build/junit.xml
# Supervisors live in sbin on Debian, which is not on everybody's path.
export PATH := $(CURDIR)/$(BIN):$(PATH):/usr/local/sbin:/usr/sbin:/sbin

run: export PORT ?= 8000
run: .venv/.run
	@.ci/try $(CURDIR)/$(BIN) $(CONF) $(PORT)
	@exec $(BIN)/supervisord --nodaemon --configuration $(CONF)

test: .venv/.test
	.ci/debian supervisors
	.ci/debian proxies
	.ci/debian compiler $(BIN)/python
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	mkdir -p .build
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --junitxml=$(JUNIT) $(PYTEST)

# adapter beside its peers: an hour on a machine that does nothing else; BENCH=--quick is a look, BENCH=--write writes docs/benchmarks.*
bench: .venv/.run
	.ci/debian bench $(BIN)/python
	$(BIN)/python -m bench $(BENCH)

# The promises of zero loss in numbers, each beside its goal: some ten minutes; the result is docs/promises.md.
promises: .venv/.test
	$(BIN)/python -m bench.promises --write docs/promises.md $(PROMISES)

# The long search of tests/fuzz; `make test` has a short one.
fuzz: export PYTHONPATH := tests
fuzz: MINUTES ?= 20
fuzz: SEED ?= 1
fuzz: .venv/.test
	nice $(BIN)/python -m fuzz --minutes $(MINUTES) --seed $(SEED) $(TARGET)

# The storms of tests/chaos for a minute each; the result is docs/chaos.md.
chaos: export PYTHONPATH := tests
chaos: SECONDS ?= 60
chaos: .venv/.test
	$(BIN)/python -m kit.storms --seconds $(SECONDS) --write docs/chaos.md

docs: .venv/.run
	$(BIN)/python -m adapter.config.shown > docs/options.md
	$(BIN)/python -m adapter.lifecycle.shown > docs/commands.md
	$(BIN)/python -m adapter.config.ini.page > docs/coming-from-uwsgi.md
	$(BIN)/python -m adapter.supervisors.confs.samples conf

format: .venv/.test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf .venv .build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info

.venv/.made:
	.ci/debian python $(PYTHON)
	$(PYTHON) -m venv .venv
	touch $@

.venv/.run: .venv/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/.test: .venv/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@ .venv/.run
