# make help lists the targets.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { echo $$python; break; }; done)
BIN := .venv/bin
INSTALLED := .venv/.installed
# For processes that share the cores: BLAS' threads wait for one another by computing in a circle.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup repro next-word forecast sequences softmax check test lint lock format seeds quality choices order \
	drift retrain labelling runtime serving segmentation mutants splits coverage figures ui bench gpu

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(INSTALLED) ## create .venv with the locked dependencies

$(INSTALLED): requirements.lock requirements-forecast.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: needs Python 3.11, 3.12 or 3.13 on the PATH, or PYTHON=/path/to/it"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-forecast.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

repro: setup ## run the pipeline (what changed of it) and print the results
	@rnnops repair --check
	@dvc repro $(REPRO)
	@rnnops summary

next-word: setup ## predict the next word: the same on the Brown corpus (half an hour)
	@cd pipeline/next_word && rnnops repair --check && dvc repro $(REPRO) && rnnops summary

forecast: setup ## forecast time series: the same on the M3 competition's (45 minutes)
	@cd pipeline/forecast && rnnops repair --check && dvc repro $(REPRO) && rnnops summary

sequences: setup ## classify sequences of numbers: the same on spoken vowels (2 minutes)
	@cd pipeline/sequences && rnnops repair --check && dvc repro $(REPRO) && rnnops summary

check: lint ## lint, and the fast tests: those that start no program and simulate little
	@$(ONE_THREAD) pytest -m "not slow" -n2

test: setup ## run all the tests; fail below 90% of lines
	@$(ONE_THREAD) pytest --cov=src/rnnops --cov=pipeline

lint: setup ## check style, formatting, types and CI's workflows
	@ruff check .
	@ruff format --check .
	@mypy
	@check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@check-jsonschema --quiet --builtin-schema vendor.gitlab-ci .gitlab-ci.yml
	@zizmor --offline --quiet .github/workflows

lock: setup ## write both locks after a change of pyproject.toml or requirements-forecast.in
	@$(BIN)/pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
	@$(BIN)/uv pip compile pyproject.toml --quiet --extra dev --universal --generate-hashes \
		--no-strip-extras --no-header --output-file requirements.lock
	@$(BIN)/uv pip compile requirements-forecast.in --quiet --no-deps --universal --generate-hashes \
		--no-header --output-file requirements-forecast.lock

format: setup ## mend style and formatting
	@ruff check --fix .
	@ruff format .

seeds: setup ## five splits, each with its own training; mean and deviation, here and in MLflow
	@for seed in 0 1 2 3 4; do dvc exp run --queue -S train.seed=$$seed \
		-S features.word2vec.seed=$$seed -S split.seed=$$seed || exit 1; done
	@dvc exp run --run-all
	@rnnops seeds

quality: setup ## five seeds on each of the four corpora against the bars (hours)
	@python benchmarks/quality.py

choices: setup ## train the settings that were tried, on the validation split (hours)
	@python benchmarks/choices.py

order: setup ## train the network on shuffled words too: what order is worth (half an hour)
	@python benchmarks/order.py

drift: setup ## simulate how often drift is reported rightly and wrongly (an hour)
	@python benchmarks/drift.py

retrain: setup ## the loop on real mail: six batches of labels, drift, training, gate (an hour)
	@python benchmarks/retrain.py
	@python benchmarks/no_change.py

labelling: setup ## what suspects and picks save, how long adding takes (20 minutes)
	@python benchmarks/labelling.py
	@python benchmarks/adding.py

segmentation: setup ## Chinese words from a dictionary against characters (a minute)
	$(BIN)/pip install --quiet --disable-pip-version-check snownlp==0.12.3 jieba==0.42.1
	@python benchmarks/segmentation.py

mutants: setup ## change the code behind verdicts, expression by expression: a test must fail (hours)
	$(BIN)/pip install --quiet --disable-pip-version-check mutmut==3.8.1
	@python benchmarks/mutants.py

splits: setup ## how far test splits are from their share (a minute)
	@python benchmarks/split_sizes.py

coverage: setup ## simulate how often the intervals hold the truth (10 minutes)
	@python benchmarks/coverage.py

ui: setup ## open the MLflow UI on http://127.0.0.1:5000
	@rnnops ui

bench: repro ## measure the layer against Keras and PyTorch (about an hour)
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[bench]"
	$(BIN)/python benchmarks/run.py

gpu: setup ## check and measure the layer on an NVIDIA GPU, with jax and CUDA installed
	@python benchmarks/gpu.py

runtime: setup ## measure the runtime: a message, batches, commands, a million rows (10 minutes)
	$(BIN)/pip install --quiet --disable-pip-version-check onnx==1.23.2 onnxruntime==1.32.0
	@python benchmarks/runtime.py

serving: setup ## measure the server under load, beside others (an hour; needs wrk)
	$(BIN)/pip install --quiet --disable-pip-version-check litserve==0.2.19
	@python benchmarks/serving.py

softmax: next-word ## measure the training of the next word over drawn words and over all (10 minutes)
	@python benchmarks/softmax.py

figures: setup ## write the figures of README and docs from the results
	@python benchmarks/figures.py
