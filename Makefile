# Every target does its own set-up: a virtual environment with pinned packages, installed again only when
# pyproject.toml or the constraints change. Needs make, bash and a Python >= 3.11.
#
#   make test                     all tests on Airflow 3.3, and those of what imports Airflow on 2.11, side by side
#   make test AIRFLOW=3.3         on one of them
#   make test PYTHON=python3.13   with another interpreter, in a virtual environment of its own
#   make test ARGS='-k naming'    arguments for pytest
#   make bench ARGS=--quick       a few of the benchmarks, in minutes
#   make demo KEEP=1              leaves Airflow open in the browser until Ctrl-C

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo bench install test chaos lint types format constraints clean

AIRFLOW ?= 3.3 2.11
KEEP ?=
ARGS ?=

ifeq ($(origin PYTHON),undefined)
  VENV := .venv
  VENV_2 := .venv-2.11
  find-python = scripts/find-python $(1)
else
  tag := $(shell $(PYTHON) -c 'import sys; print("py%d%d" % sys.version_info[:2])')
  ifeq ($(tag),)
    $(error PYTHON=$(PYTHON) is not an interpreter that runs here)
  endif
  VENV := .venv-3.3-$(tag)
  VENV_2 := .venv-2.11-$(tag)
  # The interpreter asked for, if it is one of the versions that will do.
  find-python = $(PYTHON) -c 'import sys; v = "%d.%d" % sys.version_info[:2]; \
	v in sys.argv[1:] or sys.exit(f"Python {v} is none of " + ", ".join(sys.argv[1:])); print(sys.executable)' $(1)
endif

help: ## show this
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.installed ## train a real model through a real Airflow (KEEP=1 leaves it open)
	@$(VENV)/bin/airflow-sm-training demo $(if $(KEEP),--keep) $(ARGS)

bench: $(VENV)/.installed-bench ## measure against the amazon provider's trigger, into docs/benchmarks (ARGS=--quick)
	@$(VENV)/bin/python -m benchmarks $(ARGS)

# Airflow 2.11 runs on Python 3.12 at most: a machine without such an interpreter still tests the rest.
has-python-for-2 = $(shell $(call find-python,3.11 3.12) >/dev/null 2>&1 && echo yes)
environments = $(if $(filter 3.3,$(AIRFLOW)),$(VENV)) $(if $(filter 2.11,$(AIRFLOW)),$(if $(has-python-for-2),$(VENV_2)))

install: ## the environments of the tests, side by side
	@$(MAKE) --no-print-directory --jobs=3 .venv-aws/.installed $(patsubst %,%/.installed,$(environments))

test: install ## all tests (AIRFLOW=3.3 or 2.11, PYTHON=…, ARGS=…)
	@$(if $(filter 2.11,$(AIRFLOW)),$(if $(has-python-for-2),,echo "Airflow 2.11 is not tested: it needs Python 3.11 or 3.12, and there is none here";)) \
	$(if $(strip $(environments)),,exit 1;) \
	AWS_CLI="$(CURDIR)/.venv-aws/bin/aws" scripts/test $(environments) $(if $(ARGS),-- $(ARGS))

# The short version is a part of `make test`.
chaos: $(foreach release,$(AIRFLOW),$(if $(filter 3.3,$(release)),$(VENV),$(VENV_2))/.installed) ## kill a real Airflow on PostgreSQL at named points (AIRFLOW=…, ARGS='--only …')
	@failed=0; for environment in $(foreach release,$(AIRFLOW),$(if $(filter 3.3,$(release)),$(VENV),$(VENV_2))); do \
	  echo "== Airflow in $$environment"; \
	  $$environment/bin/python -m tests.integration.fault_matrix $(ARGS) || failed=1; \
	done; exit $$failed

lint: $(VENV)/.installed ## ruff: rules and format
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .

types: $(VENV)/.installed ## mypy --strict
	@$(VENV)/bin/mypy

format: $(VENV)/.installed ## ruff: mend what can be mended
	@$(VENV)/bin/ruff check --fix . ; $(VENV)/bin/ruff format .

constraints: ## resolve and pin again, from clean installs
	scripts/update-constraints

clean: ## remove every virtual environment and cache
	rm -rf .venv .venv-* build dist .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: pyproject.toml constraints/airflow-3.3.txt scripts/install
	@python="$$($(call find-python,3.11 3.12 3.13))" && scripts/install $(VENV) constraints/airflow-3.3.txt "$$python"

# Only the benchmarks draw, so only they pay for matplotlib.
$(VENV)/.installed-bench: $(VENV)/.installed
	@$(VENV)/bin/python -m pip install -qq -c constraints/airflow-3.3.txt -e '.[bench]'
	@touch $@

$(VENV_2)/.installed: pyproject.toml constraints/airflow-2.11.txt scripts/install
	@python="$$($(call find-python,3.11 3.12))" && scripts/install $(VENV_2) constraints/airflow-2.11.txt "$$python"

# The AWS CLI pins a botocore of its own, so it lives apart.
.venv-aws/.installed: constraints/aws-cli.txt
	@echo "Installing the AWS CLI into .venv-aws"
	@python="$$(scripts/find-python 3.11 3.12 3.13)" && "$$python" -m venv --clear .venv-aws
	@.venv-aws/bin/python -m pip install -qq -r constraints/aws-cli.txt
	@touch $@
