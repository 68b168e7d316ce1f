# Two commands: `make reports` writes reports/index.html, `make test` runs the tests.
# Both set up first. Needs Python >= 3.11 with venv; uses uv where it is installed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Where Python may not keep what it compiles, every start would compile all packages again.
COMPILE := $(if $(PYTHONDONTWRITEBYTECODE),--compile-bytecode)

# What git keeps of a notebook: its cells, and nothing that changes with whoever opens it.
KEYS := codemirror_mode file_extension mimetype nbconvert_exporter pygments_lexer version
DROPPED := $(addprefix metadata.language_info.,$(KEYS)) metadata.vscode cell.metadata.vscode
# VS Code names the kernel after the folder that it found it in.
NAMED := sed "s/^   \"display_name\": .*\",/   \"display_name\": \"Python 3 (ipykernel)\",/"
STRIP := if [ -x $(BIN)/nbstripout ]; then $(BIN)/nbstripout --keep-id | $(NAMED); else cat; fi

# JupyterLab asks whether it may fetch news, unless its settings say no; its list of files cuts
# names to make room for the day on which each was changed.
LAB := $(VENV)/share/jupyter/lab/settings
QUIET := {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}, \
    "@jupyterlab/filebrowser-extension:browser": {"showLastModifiedColumn": false}}

.DEFAULT_GOAL := help
.PHONY: help setup reports test lab api bench lock clean filter

help:  ## say what there is
	@awk -F ':.*##' '/^[a-z]+:.*##/ {printf "make %-9s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## build .venv from requirements.lock (at once when nothing changed)

reports: $(READY)  ## run every report of notebooks/batch.yml into reports/
	@$(BIN)/silktrade run

test: $(READY)  ## lint, formatting, stripped notebooks, tests and doctests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/nbstripout --keep-id --verify $(wildcard notebooks/*.ipynb)
	@# What one process compiles serves all that tests start.
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --quiet -n 2 --dist worksteal

# From the root, so that README, codebook and reports can be opened there as well. Nothing is
# asked of the network: no news, no look for updates.
lab: $(READY)  ## open JupyterLab on notebooks/00_start_here.ipynb
	@mkdir -p own 2>/dev/null || true
	$(BIN)/jupyter lab --LabApp.news_url=None \
	    --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
	    --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

api: $(READY)  ## write the pages of the library's functions into reports/api/
	$(BIN)/python -m presswork.api silktrade reports/api

# The other scripts of benchmarks/ rewrite the bundled table of limits, or need packages of their
# own: their first lines say how they are called. One thread, so that CPU seconds mean something.
bench: $(READY)  ## measure the forecasts (SAMPLE=50 for a quick look), then the batch
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/forecast_accuracy.py \
	    $(if $(SAMPLE),--sample $(SAMPLE))
	@$(BIN)/python benchmarks/batch_speed.py

# The lock serves Python 3.11 to 3.13 on Linux and macOS. It names no index: pip and uv use
# the one that the reader has set up. `make lock UPGRADE=--upgrade` takes newer versions.
lock:  ## resolve pyproject.toml anew into requirements.lock (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-annotate --no-emit-index-url --no-emit-find-links --extra test --extra bench \
	    $(UPGRADE) --output-file requirements.lock pyproject.toml

clean:  ## remove .venv, caches and generated reports
	rm -rf $(VENV) build .cache .pytest_cache .ruff_cache .hypothesis lib/*.egg-info
	find reports -mindepth 1 ! -name 'README.*' -delete
	find lib tests benchmarks notebooks -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "$(PYTHON) is older than 3.11: install a newer one, or say make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear --without-pip $(VENV)

filter:
	@if git rev-parse --git-dir >/dev/null 2>&1; then \
	    git config filter.nbstripout.clean '$(STRIP)'; \
	    git config filter.nbstripout.smudge cat; \
	    git config filter.nbstripout.extrakeys '$(DROPPED)'; \
	fi

# The package itself is installed last, without its dependencies (the lock has them) and without
# build isolation (the lock has setuptools), so that nothing unpinned is ever fetched. The path to
# it is told from where it stands: Python 3.11 cannot read other letters than ASCII under LC_ALL=C.
$(READY): requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing packages into $(VENV): 1.4 GB, some minutes"
	@if command -v uv >/dev/null 2>&1; then \
	    set -ex; \
	    uv pip sync --quiet $(COMPILE) --python $(BIN)/python --require-hashes requirements.lock; \
	    uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .; \
	else \
	    set -ex; \
	    $(BIN)/python -m ensurepip >/dev/null; \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	fi
	@printf '../../../../lib\n' >$$(echo $(VENV)/lib/python3*/site-packages/__editable__.silktrade-*.pth)
	@mkdir -p $(LAB) && printf '%s\n' '$(QUIET)' >$(LAB)/overrides.json
	@$(MAKE) --silent filter
	@touch $@
