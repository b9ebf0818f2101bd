# Everything a person needs: `make run` sets the machine up and opens the studio.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test test-all lint format bench lock clean setup setup-dev

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# A virtual environment does not survive being moved, so the stamp is named after the folder it was made in.
PLACE := $(shell pwd | cksum | cut -d' ' -f1)
STAMP := $(VENV)/.installed-$(PLACE)
STAMP_DEV := $(VENV)/.installed-dev-$(PLACE)
STAMP_SYSTEM := $(VENV)/.system-libraries

# What Qt's window system plugin needs on Debian and Ubuntu, and one font.
SYSTEM_PACKAGES := libgl1 libegl1 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0 libx11-xcb1 \
	libxkbcommon0 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 \
	libxcb-randr0 libxcb-render-util0 libxcb-render0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 \
	libxcb-xfixes0 libxcb-xkb1 libxcb1 fonts-dejavu-core

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

run: setup ## set everything up (first time only), then open the studio; ARGS="--preset NAME" passes options
	@if [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY$$QT_QPA_PLATFORM" ]; then \
		echo 'There is no display here, so the studio cannot open a window.' >&2; \
		echo 'Everything is installed. To train without a window, run:' >&2; \
		echo '    $(BIN)/ganengine train --preset digits-best' >&2; \
		exit 1; \
	fi
	@exec $(BIN)/gan-studio $(ARGS)

# One process a core, with one thread each: PyTorch's own threads would stand in each other's way.
PYTEST = QT_QPA_PLATFORM=offscreen OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 8
test: setup-dev ## run the quick tests; ARGS="-k NAME" passes options to pytest
	$(PYTEST) $(ARGS)

test-all: setup-dev ## run all tests, the slow ones too
	$(PYTEST) -m '' $(ARGS)

lint: setup-dev ## check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python $(BIN)/lint-imports

format: setup-dev ## put the code into the common format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

BENCH ?= speed
BENCHMARKS = $(if $(filter all,$(BENCH)),$(wildcard tests/benchmarks/bench_*.py),tests/benchmarks/bench_$(BENCH).py)
bench: setup-dev ## compare the speed with the alternatives; BENCH=NAME runs another benchmark, BENCH=all every one
	@set -e; for script in $(BENCHMARKS); do \
		echo "== $$script"; $(BIN)/python "$$script" $(ARGS); \
	done

# uv only resolves; installing needs nothing but pip. Pins stay as they are unless UPGRADE=1.
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --annotation-style line --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)
lock: $(BIN)/python ## pin the dependencies anew after a change in pyproject.toml; UPGRADE=1 takes newer versions
	@[ -x $(BIN)/uv ] || $(PIP) install --quiet uv
	echo 'setuptools>=77' | $(UV_COMPILE) pyproject.toml - --output-file requirements.lock
	$(UV_COMPILE) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove caches and build products; the virtual environment stays
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find ganengine studio resources tests -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- set-up -------------------------------------------------------------------------------------------------

setup: $(STAMP) $(STAMP_SYSTEM)
setup-dev: $(STAMP_DEV) $(STAMP_SYSTEM)

$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing the libraries. The first time this downloads several gigabytes (PyTorch); please wait.'
	$(call install,requirements.lock)
	@touch $@

$(STAMP_DEV): requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo 'Installing the libraries and the test tools. The first time this downloads several gigabytes (PyTorch).'
	$(call install,requirements-dev.lock)
	@touch $@ $(STAMP)  # all that `make run` needs is in here

define install
$(PIP) install --require-hashes --requirement $(1)
$(PIP) install --quiet --no-build-isolation --no-deps --editable .
endef

$(BIN)/python:
	@python=; for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			python="$$candidate"; break; \
		fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "GAN Studio needs Python 3.11 or newer; found $$(python3 --version 2>&1 || echo none)." >&2; \
		echo 'Install it, or name it: make run PYTHON=/path/to/python3.11' >&2; \
		exit 1; \
	fi; \
	echo "Making a virtual environment in $(VENV) with $$("$$python" --version)."; \
	"$$python" -m venv --clear $(VENV) || { \
		rm -rf $(VENV); \
		echo 'Python could not make a virtual environment. On Debian and Ubuntu, run:' >&2; \
		echo '    sudo apt-get install python3-venv' >&2; \
		exit 1; \
	}

# Asks the dynamic linker rather than the package manager: what is there may have come another way. Without the right
# to install, it names the command and goes on, since some desktops can do without.
$(STAMP_SYSTEM): $(STAMP)
	@if ! command -v apt-get >/dev/null || ! command -v ldd >/dev/null; then touch $@; exit 0; fi; \
	missing=$$(find $(VENV)/lib -path '*PySide6/Qt/plugins/platforms/*' \
		\( -name 'libqxcb.so' -o -name 'libqoffscreen.so' \) -exec ldd {} + 2>/dev/null \
		| awk '/not found/ {print $$1}' | sort -u | tr '\n' ' '); \
	fonts=$$(find -L /usr/share/fonts /usr/local/share/fonts "$$HOME/.fonts" "$$HOME/.local/share/fonts" \
		\( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) 2>/dev/null | head -n 1); \
	if [ -z "$$missing" ] && [ -n "$$fonts" ]; then touch $@; exit 0; fi; \
	echo "Installing the system libraries that windows need ($${missing:-a font})."; \
	as_root=; \
	if [ "$$(id -u)" != 0 ]; then \
		if command -v sudo >/dev/null; then as_root=sudo; [ -t 0 ] || as_root='sudo -n'; else as_root=false; fi; \
	fi; \
	if $$as_root apt-get update -qq && $$as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $(SYSTEM_PACKAGES) >/dev/null; \
	then touch $@; \
	else \
		echo 'They could not be installed. Please ask an administrator to run:' >&2; \
		echo '    apt-get install $(strip $(SYSTEM_PACKAGES))' >&2; \
	fi
