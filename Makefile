# `make` alone lists the targets. Nothing is needed but Python 3.11 or newer and make.

PYTHON ?= python3
PY := .venv/bin/python
WORKERS ?= 2

# What `manage.py check --deploy` is to judge: a production site, with nothing but the settings
# that each must choose for itself.
PRODUCTION := DEBUG=false DATABASE_URL=sqlite://:memory: ALLOWED_HOSTS=tutorials.example.org \
	SITE_URL=https://tutorials.example.org SECRET_KEY=for-this-check-alone-0123456789-abcdefghijklmnopqrstuvwxyz

LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --custom-compile-command "make lock"

.PHONY: help install run test test-postgresql test-rest test-long bench lint format check messages \
	lock upgrade clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/installed ## make .venv, with exactly what constraints.txt names

.venv/installed: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@test -e .env || printf '# For development; see docs/settings.md.\nDEBUG=true\n' > .env
	@touch $@

run: install ## serve the sample conference on this machine
	$(PY) manage.py demo

test: install ## the tests, on SQLite
	env -u DATABASE_URL $(PY) -m pytest -n $(WORKERS) -m "not long and not browser and not thorough"

test-postgresql: install ## what a database decides, on PostgreSQL
	$(PY) -m tests.postgresql -n $(WORKERS) -m "not long and not browser and not one_database"

test-rest: install ## what `make test` leaves out: the browser, the whole site, pages on PostgreSQL
	env -u DATABASE_URL $(PY) -m pytest -n $(WORKERS) -m "not long and (browser or thorough)"
	$(PY) -m tests.postgresql -n $(WORKERS) -m "not long and (browser or one_database) and not (browser and thorough)"

test-long: install ## the tests that take minutes, on both databases
	env -u DATABASE_URL $(PY) -m pytest -n $(WORKERS) -m long
	$(PY) -m tests.postgresql -n $(WORKERS) -m long

bench: install ## how fast is it? about fifteen minutes, best on a machine that does nothing else
	$(PY) -m benchmarks

lint: install ## style of the Python code
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

format: install ## put Python code and templates into the one style
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

check: lint ## all that can be said without running the tests
	.venv/bin/mypy
	find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 --check {} +
	.venv/bin/deptry .
	DEBUG=true DATABASE_URL=sqlite://:memory: $(PY) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -m pytest tests/test_translations.py

messages: install ## collect the texts to translate, and compile the translations (needs gettext)
	@command -v msgfmt >/dev/null || { echo "gettext is missing; on Debian and Ubuntu: apt install gettext"; exit 1; }
	DEBUG=true $(PY) manage.py makemessages --locale de --no-obsolete --add-location file \
		--ignore .venv --ignore var --ignore tests --ignore docs --ignore benchmarks
	DEBUG=true $(PY) manage.py compilemessages --locale de --ignore .venv

lock: install ## write the lock files after a change of pyproject.toml
	$(LOCK) pyproject.toml --all-extras --group dev -o constraints.txt
	$(LOCK) pyproject.toml --extra postgresql --constraints constraints.txt -o requirements.txt

upgrade: LOCK += --upgrade
upgrade: lock ## the same, with the newest versions that pyproject.toml allows

clean: ## remove what the other targets made, but no data
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
