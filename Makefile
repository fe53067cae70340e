# forge: `make demo` and `make test` do all the set-up themselves on a fresh Debian machine.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APT := python3-venv chromium chromium-driver chromium-headless-shell espeak-ng libespeak-ng1 libfribidi0 fonts-dejavu fonts-liberation openssl
FOR_TESTS := nodejs openssh-client openssh-server php-cli php-sqlite3 postgresql xvfb
JOBS ?= 2
# One more than processors: each waits a third of its time, for browsers in real time.
TESTERS ?= 3
# Where tests are that want the machine to themselves: to look through all others takes long.
ALONE := tests/render tests/unit/workers/recording/browser

.PHONY: demo test test-apps quick coverage check lint types docs bench bench-apps image clean setup system
.DEFAULT_GOAL := help

.PHONY: help
help: ## show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: system $(VENV)/.installed ## install what is missing: system packages, virtual environment

system:
	@.ci/install-system-packages $(APT)

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: setup ## render the bundled example in two lanes
	$(BIN)/forge render --project examples/lumen -j $(JOBS)

# A file at a time: its tests share renders. Compiled first, because tests start hundreds of
# processes, and under PYTHONDONTWRITEBYTECODE=1 each would compile forge again (0.4 s).
test: setup ## run every test; a missing browser or voice is a failure
	@.ci/install-system-packages $(FOR_TESTS)
	@$(BIN)/python -m compileall -q forge workers adapters tests
	@# Tests of other hosts mostly wait, for connections to be given up: they run beside the others.
	@FORGE_TEST_REQUIRE_ALL=1 $(BIN)/pytest -m 'not alone' tests/cluster & hosts=$$!; \
	FORGE_TEST_REQUIRE_ALL=1 $(BIN)/pytest -m 'not (alone or apps)' -n $(TESTERS) --dist loadfile --no-loadscope-reorder tests/render tests/pool tests/cli tests/apps tests/unit; \
	others=$$?; wait $$hosts && exit $$others
	FORGE_TEST_REQUIRE_ALL=1 $(BIN)/pytest -m alone $(ALONE)

# The apps are installed by pip and npm into $FORGE_TEST_APPS, by default forge-test-apps in the
# user's cache folder.
test-apps: setup ## install Streamlit, JupyterLab, Node-RED and Django into a cache, and render them
	$(BIN)/pytest -m apps tests/apps

# Nothing that starts a browser, a voice or a worker process.
quick: setup ## the tests that take milliseconds, in under a minute
	$(BIN)/pytest -q -m 'not (slow or alone or browser or voice)' -n 2 tests/unit tests/pool

# Worker processes are spawned, so each measures itself (`concurrency`, `patch` in pyproject.toml).
coverage: setup ## run every test under coverage; the report is .test-report/coverage/index.html
	rm -rf .test-report/coverage
	FORGE_TEST_REQUIRE_ALL=1 $(BIN)/pytest --cov --cov-report= -m 'not (alone or apps)' -n 2 --dist loadfile tests
	FORGE_TEST_REQUIRE_ALL=1 $(BIN)/pytest --cov --cov-report= --cov-append -m alone $(ALONE)
	$(BIN)/coverage html --directory .test-report/coverage
	$(BIN)/coverage report --skip-covered --sort cover

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/oxlint

types: setup
	$(BIN)/mypy

docs: setup ## build the documentation as a site; a broken link or reference is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "open site/index.html, or: $(BIN)/python -m http.server --bind 127.0.0.1 -d site 8000"

check: lint types docs test ## what CI runs, and what must be green before a push

bench: setup ## measure serial versus parallel, encoding, languages, sound to picture …
	$(BIN)/python benchmarks/serial_vs_parallel.py
	$(BIN)/python benchmarks/compose.py --moviepy
	$(BIN)/python benchmarks/sound.py
	$(BIN)/python benchmarks/narration_growth.py
	$(BIN)/python benchmarks/languages.py
	$(BIN)/python benchmarks/big_batch.py
	$(BIN)/python benchmarks/change.py
	$(BIN)/python benchmarks/watching.py
	$(BIN)/python benchmarks/sync.py
	$(BIN)/python benchmarks/word_times.py
	$(BIN)/python benchmarks/pool.py
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/hosts.py
	$(BIN)/python benchmarks/beside.py
	$(BIN)/python benchmarks/clocks.py
	$(BIN)/python benchmarks/pixels.py
	$(BIN)/python benchmarks/soak.py

bench-apps: setup ## install real apps into a cache of their own, and render a tour of each
	$(BIN)/python benchmarks/real_apps.py

image: ## build the container image with podman, docker or buildah, and render in it
	@.ci/try-image

clean: ## remove what was built and rendered; the virtual environment goes too
	rm -rf $(VENV) build site *.egg-info .pytest_cache .mypy_cache .ruff_cache
	rm -rf examples/*/dist examples/*/.forge
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
