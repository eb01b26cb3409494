# One command runs it, one command tests it. `make` alone lists what there is.
SHELL := /bin/bash
PORT ?= 8000
PYTHON := .venv/bin/python

.PHONY: help setup run test test-slow lint format bench screenshots clean-data
help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## System packages, .venv, model files, keys (called by the others)
	@deploy/setup.sh

run: ## Start everything on http://127.0.0.1:$(PORT)
	@deploy/setup.sh
	@exec $(PYTHON) -m fraudsite.local.run --port $(PORT)

test: ## Format, lint, types, contracts, checks and all tests but the slow ones
	@deploy/setup.sh --test
	@exec $(PYTHON) -m fraudsite.local.checks
	@exec $(PYTHON) -m pytest -m "not slow" -n 2 --dist loadfile

test-slow: ## The tests that need longer, each with its reason
	@deploy/setup.sh --test
	@exec $(PYTHON) -m pytest -m slow

lint: ## Format, lint, types, import contracts, templates, system and migration checks
	@deploy/setup.sh --test
	@exec $(PYTHON) -m fraudsite.local.checks

format: ## Put the code and the templates into the house format
	@deploy/setup.sh --test
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix . && .venv/bin/djlint --reformat --quiet templates

bench: ## Measure start, verification, memory and scoring; write var/bench.json (BENCH="--only scoring")
	@deploy/setup.sh --test
	@exec $(PYTHON) -m bench.run $(BENCH)

screenshots: ## Picture every page at phone and desktop size into var/screenshots
	@deploy/setup.sh --test
	@FRAUDSITE_SCREENSHOTS=var/screenshots exec $(PYTHON) -m pytest -m browser -p no:randomly

clean-data: ## Stop the embedded servers and delete all data (not .env, not .venv)
	@exec $(PYTHON) -m fraudsite.local.clean_data

.PHONY: lock notices
notices: ## Write THIRD_PARTY_NOTICES.md from the installed packages
	@$(PYTHON) deploy/third_party_notices.py
lock: ## Pin the dependencies anew (UPGRADE=--upgrade takes newer ones)
	@$(PYTHON) deploy/lock_requirements.py $(UPGRADE)
