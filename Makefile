# Everything a person types. Each target is one function in scripts/commands.py.
PYTHON ?= python3
DEV = $(PYTHON) scripts

.DEFAULT_GOAL := help
.PHONY: help run test lint bench stop update import shell psql clean i18n lock
export PORT DB FOREGROUND SHIFT ADDRESS SIZE

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## the demo company on http://localhost:8069 (PORT=8169 for another port)
	@$(DEV) run

test: ## every test; ARGS="-k word" or ARGS=addons/… for some
	@$(DEV) test $(ARGS)

lint: ## ruff, pylint-odoo, OCA checks, prettier, eslint
	@$(DEV) lint

bench: ## measured ratios; ARGS=name for one; SIZE=1000000 customers instead of 50,000
	@$(DEV) bench $(ARGS)

stop: ## end the demo server, and PostgreSQL unless others use it
	@$(DEV) stop

update: ## upgrade the addons in the demo database
	@$(DEV) update

import: ## FILE=purchases.csv: purchases into the demo company (FILE=cdnow: real ones; SHIFT=1: until yesterday)
	@$(DEV) import $(FILE)

shell: ## Python with `env` on the demo database
	@$(DEV) shell

psql: ## SQL on the demo database
	@$(DEV) psql

clean: ## drop the databases of this clone; downloads are kept
	@$(DEV) clean

LOCK = uv pip compile --universal --python-version 3.10 --generate-hashes --no-header \
  --no-emit-index-url --no-emit-find-links -q

i18n: ## new terms into the templates and the Russian and Ukrainian translations
	@$(DEV) i18n

lock: ## compile requirements/*.in with the hashes of all files (needs uv)
	$(LOCK) requirements/tests.in -o requirements/lock.txt
	$(LOCK) requirements/lint.in -o requirements/lint.txt
