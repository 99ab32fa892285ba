# Two commands do it all: `make demo` and `make test`. `make` alone lists the rest.

# Pip and npm say nothing while all goes well; each step says in one line what it does.
.SILENT:
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
# SERVE=0 (or DEMO_ONLY_PREPARE=1) makes the demo without serving it.
SERVE ?= 1
TESTS ?= tests
WORKERS ?= 2
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: --require-hashes

RUNTIME := $(VENV)/runtime.stamp
TESTING := $(VENV)/testing.stamp
FRONT_END := node_modules/.front-end.stamp
SPECTRAL := tools/spectral/node_modules/.spectral.stamp

# What a database of your own lacks for an invented town (keys, folders) is made in .run; see tools/servers.py.
demo run test proof mutanten: export BEREIK_OWN_SECRETS := 1

.PHONY: help setup setup-test demo run test lint format types proof mutanten openapi bench stop clean lock

help: ## Toon deze lijst
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(RUNTIME) $(FRONT_END) ## Installeer alles wat de site nodig heeft
	$(PY) tools/vendor_ui.py >/dev/null
	$(PY) tools/fonts.py >/dev/null

setup-test: setup $(TESTING) $(SPECTRAL) ## Installeer daarbij wat de tests nodig hebben, ook een browser
	$(PY) tools/browser.py >/dev/null

demo: setup ## Bouw de verzonnen stad en start de site op 127.0.0.1 (PORT=8000)
	$(PY) tools/servers.py start
	$(PY) manage.py migrate --verbosity 0
	$(PY) manage.py demo
	$(if $(or $(DEMO_ONLY_PREPARE),$(filter 0,$(SERVE))),,$(MAKE) --no-print-directory run)

run: setup ## Start alleen de site, met de gegevens die er al zijn
	$(PY) tools/with_env.py web -- $(PY) manage.py collectstatic --no-input --verbosity 0
	exec $(PY) tools/serve.py --port $(PORT)

test: setup-test lint ## Controleer de stijl en draai de tests
	$(PY) -m pytest $(TESTS) -m "not proof" --numprocesses $(WORKERS) --dist loadgroup

proof: setup-test ## Draai de lange bewijzen: kills, races, fuzzing, kanarie, mutanten
	$(PY) -m pytest $(TESTS) -m proof --numprocesses $(WORKERS) --dist loadgroup

mutanten: setup-test ## Breek elke wacht van docs/security.md en zie een test rood worden
	$(PY) tools/mutants.py

openapi: setup ## Schrijf het OpenAPI-document van de drukker opnieuw
	$(PY) tools/with_env.py web -- $(PY) manage.py spectacular --format openapi-json --validate \
		--file docs/api/drukwerk-openapi.json

bench: setup-test ## Meet de koppeling en de brieven op 930.000 inwoners, en de looplijst met 100.000 adressen
	$(PY) tools/bench.py

lint: setup-test ## Controleer stijl, lagen, sjablonen en migraties
	$(PY) -m ruff check .
	$(PY) -m ruff format --check --quiet .
	$(VENV)/bin/lint-imports --no-logo >/dev/null || $(VENV)/bin/lint-imports
	$(VENV)/bin/djlint --lint --quiet templates
	$(PY) manage.py makemigrations --check --dry-run --verbosity 0

format: setup-test ## Zet de code in de afgesproken vorm
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: setup-test ## Controleer de typen
	$(PY) tools/with_env.py web -- $(PY) -m mypy .

stop: ## Stop de site, PostgreSQL en Valkey
	test ! -x $(PY) || $(PY) tools/servers.py stop

clean: ## Stop alles en gooi alles weg wat set-up en de demo maakten
	test ! -x $(PY) || $(PY) tools/servers.py forget
	rm -rf $(VENV) node_modules tools/spectral/node_modules static/vendor build

lock: setup-test ## Maak requirements*.txt opnieuw uit requirements*.in
	for name in requirements requirements-test requirements-node; do \
		$(VENV)/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
			--no-header --no-emit-index-url --no-emit-find-links --annotation-style line \
			$$name.in --output-file $$name.txt || exit 1; \
	done

$(PY):
	tools/make_venv.sh $(VENV)

$(RUNTIME): requirements.txt | $(PY)
	echo "Python-pakketten installeren …"
	$(PIP) -r requirements.txt
	touch $@

$(TESTING): requirements-test.txt $(RUNTIME)
	echo "Pakketten voor de tests installeren …"
	$(PIP) -r requirements-test.txt
	touch $@

$(FRONT_END): package.json package-lock.json .npmrc | $(RUNTIME)
	echo "Stijlbladen en lettertypen ophalen …"
	$(PY) tools/npm.py ci --ignore-scripts --silent
	touch $@

$(SPECTRAL): tools/spectral/package.json tools/spectral/package-lock.json .npmrc | $(RUNTIME)
	echo "Het gereedschap voor de API-regels ophalen …"
	$(PY) tools/npm.py ci --prefix tools/spectral --ignore-scripts --silent
	touch $@
