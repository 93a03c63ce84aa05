# make run    open the window on the penguins sample (or do its job in the terminal)
# make test   run all tests; one that fails is tried twice more, and named
# make setup  only make .venv and .venv/bin/studio

PYTHON ?=
WORKERS ?= 2
export PYTHON

.PHONY: run test setup check format bench lock screenshots

run: setup
	@bash packaging/system-libraries.sh
	@.venv/bin/studio open --sample penguins --or-terminal

test: setup
	@bash packaging/system-libraries.sh test
	@[ "$$(id -u)" != 0 ] || bash packaging/base-image.sh >/dev/null
	@.venv/bin/python -m compileall -q studio
	@.venv/bin/python -m pytest -n $(WORKERS) --dist worksteal --reruns 2

check: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

format: setup
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: setup
	@.venv/bin/python -m tests.bench

screenshots: setup
	@bash packaging/system-libraries.sh test
	@STUDIO_SCREENSHOTS=docs/screenshots .venv/bin/python -m pytest -q \
		tests/gui/whole_path -k "newcomer or pictured"
	@.venv/bin/python tests/gui/whole_path/shrink.py docs/screenshots

lock: setup
	@bash packaging/lock.sh

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml packaging/requirements-uv.txt packaging/setup.sh
	@bash packaging/setup.sh
