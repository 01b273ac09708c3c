# Each of these works as the only command on a fresh clone, with Python 3.11+ and make; run again, they are quick.
#
#   make run      set up .venv, start the app, print its address   HOST=0.0.0.0 serves a class on purpose; PORT=8600;
#                 WORKERS=2 computes in so many processes, else in as many as there are cores
#   make test     lint, types, all tests (a browser is installed for them if there is none)
#   make accept   the many-seed acceptance checks and the long tests; QUICK=1 runs the checks' first seeds only
#   make bench    measure every budget
#   make record   make the recorded runs on CIFAR that ship, from the images in EXPLORER_DATA; skips what exists;
#                 ONLY=vgg11 makes the folders and methods whose name holds it

# `=`, not `?=`: some shells export HOST, and the app must not be on the network because of that.
HOST = 127.0.0.1
PORT = 8501
WORKERS =
QUICK =
ONLY =
PYTHON =
export PYTHON

python = .venv/bin/python

.PHONY: run test accept bench record lint

run:
	@sh .ci/venv.sh app
	@$(if $(WORKERS),EXPLORER_WORKERS="$(WORKERS)") exec $(python) -m explorer app --host "$(HOST)" --port "$(PORT)"

test: lint
	@$(python) -m tests.browser.chromium
	$(python) -m pytest -n 2 --dist loadfile

lint:
	@sh .ci/venv.sh test
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m pyright

accept:
	@sh .ci/venv.sh test
	@$(python) -m tests.browser.chromium
	QUICK="$(QUICK)" $(python) -m pytest -n 2 --dist loadfile $(if $(QUICK),-m accept tests/accept,-m "accept or long") -rxP

bench:
	@sh .ci/venv.sh test
	@$(python) -m tests.browser.chromium
	$(python) -m tests.bench

record:
	@sh .ci/venv.sh app
	$(python) -m explorer record $(if $(ONLY),--only "$(ONLY)")
