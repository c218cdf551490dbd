# Everything one types here. `make run` needs nothing but Python 3.11 or newer.
PYTHON ?= python3
INSTALL = $(PYTHON) deploy/local/install.py
VENV = .venv/bin/python
# Linters import the settings, and speak to no server.
UNUSED = SECRET_KEY=unused LINK_KEYS=k1:unused SUPPRESSION_KEY=unused \
	DATABASE_URL=postgres://unused@127.0.0.1:1/unused ENV_FILE=/dev/null

.PHONY: help run demo test lint style templates types migrations format audit soak mutations bench bench-quick clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

run: ## start the site with everything it needs (PORT=8080 for another port)
	@$(INSTALL) requirements-local.txt && exec $(VENV) -m deploy.local

demo: ## the same with a made-up organization of 200,000 supporters to look around in
	@$(INSTALL) requirements-local.txt && exec $(VENV) -m deploy.local --demo

test: ## run every test (ARGS="-n0 tests/local" for some)
	@$(INSTALL) requirements-dev.txt
	@$(VENV) -m tests.rig.browser
	@$(VENV) -m pytest $(ARGS)

lint: style templates types migrations ## check style, templates, types and migrations

style:
	@$(INSTALL) requirements-dev.txt
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .

templates:
	@$(INSTALL) requirements-dev.txt
	@$(VENV) -m djlint --lint --quiet .

types:
	@$(INSTALL) requirements-dev.txt
	@$(UNUSED) $(VENV) -m mypy .

migrations:
	@$(INSTALL) requirements-dev.txt
	@$(UNUSED) $(VENV) -W ignore manage.py makemigrations --check --dry-run

format: ## put the code in shape
	@$(INSTALL) requirements-dev.txt
	@$(VENV) -m ruff check --fix .
	@$(VENV) -m ruff format .

audit: ## read every page in every state with axe, and keep pictures in var/audit
	@$(INSTALL) requirements-dev.txt
	@$(VENV) -m tests.rig.browser
	@$(VENV) -m pytest -m audit tests/audit $(ARGS)

soak: ## the long tests: a year of mailings five times over, thousands of sends under kills (SOAK_PEOPLE, SOAK_KILLS)
	@$(INSTALL) requirements-dev.txt
	@$(VENV) -m pytest -m soak -n0 $(ARGS)

mutations: ## break ten guarded lines, one at a time, and see the tests turn red
	@$(INSTALL) requirements-dev.txt
	@$(VENV) -m tests.mutations

bench: ## measure against the limits
	@$(INSTALL) requirements-dev.txt
	@$(VENV) -m bench

bench-quick: ## the same in under two minutes
	@$(INSTALL) requirements-dev.txt
	@$(VENV) -m bench --quick

clean: ## delete what was installed and cached; data under var/ stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
