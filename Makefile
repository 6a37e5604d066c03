# A thin face over CMake and CTest: each target installs what it needs first (Debian packages; see tools/bootstrap).
.PHONY: all demo demo-data test test-quick test-data test-airflow bench fuzz soak coverage install clean help
.DEFAULT_GOAL := all

JOBS := $(shell nproc)
PREFIX ?= /usr/local

all: build/cfngen-built ## build the command and the library (build/)

.PHONY: build/cfngen-built
build/cfngen-built:
	@tools/bootstrap build
	@cmake --preset release --log-level=WARNING
	@cmake --build build -j $(JOBS) -- --quiet

demo: all ## synthesize the default platform, check it, draw it, deploy it in a simulation
	@tools/demo

demo-data: all ## the data way on this machine, every layer compared (SCALE=0.1, WAY="--twice --kill")
	@tools/bootstrap data
	@tools/environments data
	@.venv/data/bin/python pipeline/local/way.py --dir out/way --scale $(or $(SCALE),0.1) $(or $(WAY),--twice --kill)

.PHONY: environments
environments:
	@tools/bootstrap test
	@tools/environments

test: environments ## every test
	@cmake --preset test --log-level=WARNING
	@cmake --build build/test -j $(JOBS) -- --quiet
	@ctest --test-dir build/test --output-on-failure -j $(JOBS)

test-quick: ## the unit tests alone
	@tools/bootstrap test
	@cmake --preset test --log-level=WARNING
	@cmake --build build/test -j $(JOBS) -- --quiet
	@ctest --test-dir build/test --output-on-failure -j $(JOBS) -L unit

test-data: environments ## the tests of the data way: PostgreSQL, Spark, dbt, dashboards
	@cmake --preset test --log-level=WARNING
	@cmake --build build/test -j $(JOBS) -- --quiet
	@ctest --test-dir build/test --output-on-failure -j $(JOBS) -L "pipeline|metabase"

test-airflow: environments ## the DAG in a real Airflow
	@cmake --preset test --log-level=WARNING
	@cmake --build build/test -j $(JOBS) -- --quiet
	@ctest --test-dir build/test --output-on-failure -j $(JOBS) -L airflow

bench: all environments ## measure against the peers, in one run on this machine
	@tools/bootstrap bench
	@.venv/bin/python tests/bench/bench.py
	@.venv/bin/python tests/bench/drivers.py
	@.venv/bin/python tests/bench/upload.py
	@.venv/data/bin/python tests/bench/load.py
	@.venv/data/bin/python tests/bench/silver.py

fuzz: ## ten minutes for each fuzzer (SECONDS=600)
	@tools/bootstrap fuzz
	@tools/fuzz

soak: environments ## deployments in the simulation by the million (SEEDS=300000 FIRST=2000001)
	@tools/bootstrap test
	@cmake --preset test --log-level=WARNING
	@cmake --build build/test -j $(JOBS) -- --quiet
	@CFN_SEEDS=$(or $(SEEDS),300000) CFN_FIRST_SEED=$(or $(FIRST),2000001) \
		ctest --test-dir build/test --output-on-failure --timeout 86400 -R "^(plain|sim.deployments)$$"

coverage: environments ## line coverage of lib; fails under 90 %
	@tools/bootstrap test
	@tools/coverage

install: all ## install to PREFIX (/usr/local)
	cmake --install build --prefix $(PREFIX)

clean: ## remove what was built
	rm -rf build out

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20
