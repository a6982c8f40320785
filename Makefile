# rnnscope: `make help` lists what can be made.
PREFIX ?= /usr/local
BUILD  ?= build
# The program runs where it is built; ARCH= gives one that runs on any machine of the kind.
ARCH   ?= -march=native
OPT    ?= -O3
VERSION = 0.1.0

# ---- setup -----------------------------------------------------------------------------------
# Goals named beside setup are made afterwards, by a make of their own: only then are pkg-config and
# the rest there to be asked.
ifneq ($(filter setup,$(MAKECMDGOALS)),)
REST := $(filter-out setup,$(MAKECMDGOALS))
.PHONY: setup rest $(REST)
setup:
	@install/setup.sh $(REST)
rest: setup
	@$(MAKE) --no-print-directory $(REST)
$(REST): rest
	@:
else

# ---- how files are compiled ------------------------------------------------------------------
option = $(shell $(CC) $(1) -E -x c /dev/null >/dev/null 2>&1 && echo '$(1)')
# -Wno-pass-failed: clang says so where an omp simd loop stays scalar, as those that call libm do
WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wno-pass-failed
# no errno, no traps: what vector code needs; NaN, Inf and subnormals stay as they are (-ffast-math would not leave them)
FLOATING := -fno-math-errno -fno-trapping-math $(call option,-fopenmp-simd) $(call option,-fcx-limited-range)
CFLAGS  ?= $(OPT) -g

# What pkg-config says of a package, or, where it does not know it, the plain name of the library.
flags = $(shell pkg-config --cflags $(1) 2>/dev/null)
libs  = $(or $(shell pkg-config --libs $(1) 2>/dev/null),$(2))
PACKAGE_CFLAGS := $(foreach p,sdl2 pangocairo libcjson openblas lapacke cmocka,$(call flags,$(p)))
BLAS_LIBS := $(call libs,libcjson,-lcjson) $(call libs,lapacke,-llapacke) $(call libs,openblas,-lopenblas)
LIB_LIBS  := $(BLAS_LIBS) -lm -lpthread
LIBS      := $(call libs,sdl2 pangocairo,-lSDL2 -lpangocairo-1.0 -lcairo) $(call libs,muparser,-lmuparser) -lmd4c $(LIB_LIBS) -ldl
TEST_LIBS := $(call libs,cmocka,-lcmocka) $(LIBS)
STANDARD   = -std=c11 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -DRS_VERSION='"$(VERSION)"' -Ilib -I.
ALL_CFLAGS = $(STANDARD) $(WARNINGS) $(ARCH) $(FLOATING) $(PACKAGE_CFLAGS) $(CFLAGS) -MMD -MP

# The files that network/float.c and complex.c read again are compiled once here, for double.
LIB_C   := $(wildcard lib/*/*.c)
VIZ_C   := $(wildcard viz/*.c viz/*/*.c) $(wildcard lessons/engine/*.c)
TEST_C  := $(wildcard tests/unit/*.c) tests/mutants/catalogue.c tests/mutants/judge.c tests/mutants/prose.c
FUZZ_C  := $(wildcard tests/fuzz/fuzz_*.c)
LIB_O   := $(LIB_C:%.c=$(BUILD)/%.o)
VIZ_O   := $(VIZ_C:%.c=$(BUILD)/%.o)
TEST_O  := $(TEST_C:%.c=$(BUILD)/%.o)
GROUPS  := $(patsubst tests/unit/test_%.c,%,$(wildcard tests/unit/test_*.c))
# Not the golden values: those are numbers, and a program wrote them.
SOURCES  = $(shell find lib viz lessons tests -path tests/golden -prune -o -name '*.[ch]' -print | sort)

# ---- build, run, test ------------------------------------------------------------------------
.PHONY: all run test
all: $(BUILD)/rnnscope $(BUILD)/librnnscope.a

$(BUILD)/librnnscope.a: $(LIB_O)
	rm -f $@ && ar rcs $@ $^

# The program's own parts, for it, the tests and the fuzzers to take what they use.
$(BUILD)/libviz.a: $(filter-out $(BUILD)/viz/main.o,$(VIZ_O))
	rm -f $@ && ar rcs $@ $^

$(BUILD)/rnnscope: $(BUILD)/viz/main.o $(BUILD)/libviz.a $(BUILD)/librnnscope.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

# The library's own source lines, for the lessons and the view of the equations: the program needs no
# files when it runs.
$(BUILD)/viz/source_lines.h: $(LIB_C) Makefile
	@mkdir -p $(@D)
	@for f in $(LIB_C); do \
	    printf '{"%s", (const char *const[]){\n' $$f && sed -e 's/[\\"]/\\&/g' -e 's/.*/"&",/' $$f && echo 'NULL}},' || exit 1; \
	done > $@.new
	@mv $@.new $@
$(BUILD)/viz/source_code.o: $(BUILD)/viz/source_lines.h
$(BUILD)/viz/source_code.o: ALL_CFLAGS += -I$(BUILD)/viz

run: $(BUILD)/rnnscope
	$(BUILD)/rnnscope learn

# All groups of tests in one program, so that cmocka's closing lines count every test.
$(BUILD)/tests/groups.h: FORCE
	@mkdir -p $(@D)
	@printf 'GROUP(%s)\n' $(GROUPS) > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
FORCE:
$(BUILD)/tests/unit/main.o: $(BUILD)/tests/groups.h
$(BUILD)/tests/unit/%.o: ALL_CFLAGS += -I$(BUILD)/tests
$(BUILD)/unit: $(TEST_O) $(BUILD)/libviz.a $(BUILD)/librnnscope.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ $(TEST_LIBS)

# TESTS=lstm runs the tests whose names match *lstm*.
test: $(BUILD)/unit $(BUILD)/rnnscope
	RNNSCOPE=$(BUILD)/rnnscope $(BUILD)/unit $(TESTS)

# A real window under Xvfb, driven by xdotool; says so where they are missing.
.PHONY: gui-test gui-random gui-memory gui-threads
gui-test: $(BUILD)/rnnscope
	tests/gui/window.sh $(BUILD)/rnnscope
	tests/gui/session.sh $(BUILD)/rnnscope
	tests/gui/keyboard.sh $(BUILD)/rnnscope
# Ten thousand random events in the viewer and two thousand in each of some lessons, best under
# sanitizers: make gui-random BUILD=build/sanitize. EVENTS and SEED choose others.
EVENTS ?= 10000
SEED   ?= 1
# What they export (the key E) goes where they run: under $(BUILD), not into the source.
RANDOM_RUN = cd $(abspath $(BUILD))/random/out && LSAN_OPTIONS=suppressions=$(CURDIR)/tests/unit/lsan.supp:print_suppressions=0 OPENBLAS_NUM_THREADS=1 \
    XDG_STATE_HOME=$(abspath $(BUILD))/random XDG_DATA_HOME=$(abspath $(BUILD))/random $(abspath $(BUILD))/rnnscope
gui-random: $(BUILD)/rnnscope
	rm -rf $(BUILD)/random/out && mkdir -p $(BUILD)/random/out
	tests/gui/make_files.sh $(abspath $(BUILD))/rnnscope $(abspath $(BUILD))/random/drop
	for lesson in 2 5 8; do \
	    tests/gui/random_events.sh $$(($(EVENTS) / 5)) $(SEED) learn $(abspath $(BUILD))/random/drop > $(BUILD)/random/replay && \
	    ($(RANDOM_RUN) learn $$lesson --size 800x500 --replay ../replay --stats) || exit 1; done
	tests/gui/random_events.sh $(EVENTS) $(SEED) view $(abspath $(BUILD))/random/drop > $(BUILD)/random/replay
	$(RANDOM_RUN) view --hidden 4 --steps 12 --size 800x500 --replay ../replay --stats
# The memory of a long session.
gui-memory: $(BUILD)/rnnscope
	tests/gui/memory.sh $(BUILD)/rnnscope $(EVENTS) $(SEED)
# Races between the window, the worker and the training.
gui-threads:
	$(MAKE) --no-print-directory BUILD=$(BUILD)/threads CFLAGS='-O1 -g -fsanitize=thread -fno-omit-frame-pointer' $(BUILD)/threads/rnnscope
	TSAN_OPTIONS=suppressions=$(CURDIR)/tests/unit/tsan.supp XDG_STATE_HOME=$(BUILD)/threads/state OPENBLAS_NUM_THREADS=1 \
	    $(BUILD)/threads/rnnscope view --hidden 8 --steps 30 --size 1024x640 --replay tests/gui/threads.replay --stats

# ---- what else must hold ---------------------------------------------------------------------
.PHONY: format lint lint-build sanitize fuzz mutants lessons-check golden bench pictures
format:
	clang-format -i $(SOURCES)

TIDY_C   = $(LIB_C) $(VIZ_C) lessons/check.c $(TEST_C) $(FUZZ_C)
lint: lint-build
	clang-format --dry-run -Werror $(SOURCES)
	printf '%s\n' $(TIDY_C) | xargs -P 2 -I{} clang-tidy --quiet {} -- $(STANDARD) $(WARNINGS) $(PACKAGE_CFLAGS) -I$(BUILD)/tests -I$(BUILD)/viz 2>/dev/null
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --suppressions-list=.cppcheck \
	    --enable=warning,performance,portability --library=posix -j 2 -Ilib -I. $(LIB_C) $(VIZ_C)

# Every file, with both compilers, and a warning is an error.
lint-build: $(BUILD)/tests/groups.h $(BUILD)/viz/source_lines.h
	$(MAKE) --no-print-directory CC=gcc BUILD=$(BUILD)/lint-gcc CFLAGS='$(OPT) -Werror' $(BUILD)/lint-gcc/unit
	$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/lint-clang CFLAGS='$(OPT) -Werror' $(BUILD)/lint-clang/unit

SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
sanitize:
	LSAN_OPTIONS=suppressions=$(CURDIR)/tests/unit/lsan.supp:print_suppressions=0 \
	$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitize CFLAGS='-O1 -g $(SANITIZERS)' test TESTS='$(TESTS)'

# A minute in all, shared among the targets; FUZZ_SECONDS=600 for more. What finds new paths is kept.
FUZZ_SECONDS ?= 60
FUZZERS := $(FUZZ_C:tests/fuzz/%.c=%)
fuzz:
	$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/fuzz CFLAGS='-O1 -g $(SANITIZERS) -fsanitize=fuzzer-no-link' \
	    $(FUZZERS:%=$(BUILD)/fuzz/%)
	for f in $(FUZZERS:fuzz_%=%); do \
	    mkdir -p tests/fuzz/corpus/$$f $(BUILD)/fuzz/new/$$f && \
	    $(BUILD)/fuzz/fuzz_$$f -max_total_time=$$(($(FUZZ_SECONDS) / $(words $(FUZZERS)))) -timeout=10 -rss_limit_mb=2048 \
	        -max_len=65536 -artifact_prefix=$(BUILD)/fuzz/ \
	        $(BUILD)/fuzz/new/$$f tests/fuzz/corpus/$$f > $(BUILD)/fuzz/$$f.log 2>&1 \
	        && tail -1 $(BUILD)/fuzz/$$f.log | sed "s/^/fuzz $$f: nothing found; /" || { tail -60 $(BUILD)/fuzz/$$f.log; exit 1; }; done
$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(BUILD)/libviz.a $(BUILD)/librnnscope.a
	$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $^ -o $@ $(LIBS)

# Each bug of tests/mutants/catalogue in a copy of the library's source; MUTANTS='L3 G1' only those.
MUTANTS_O = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/mutants/*.c))
PROBE_O   = $(addprefix $(BUILD)/,tests/mutants/probe.o tests/mutants/problem.o tests/mutants/prose.o viz/finding_text.o)
$(BUILD)/mutants/run: $(filter-out $(PROBE_O),$(MUTANTS_O)) $(BUILD)/librnnscope.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ $(LIB_LIBS)
mutants: $(BUILD)/mutants/run $(PROBE_O)
	CC='$(CC)' CFLAGS='$(filter-out -MMD -MP,$(ALL_CFLAGS))' LIBS='$(LIB_LIBS)' $(BUILD)/mutants/run $(BUILD) $(MUTANTS)

# The figures of the README, each by the command that is written under it.
pictures: $(BUILD)/rnnscope
	@viz/pictures.sh $(BUILD)/rnnscope pictures

$(BUILD)/lessons-check: $(BUILD)/lessons/check.o $(BUILD)/libviz.a $(BUILD)/librnnscope.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ $(LIBS)
lessons-check: $(BUILD)/lessons-check $(BUILD)/rnnscope
	$(BUILD)/lessons-check $(BUILD)/rnnscope . lessons

# The Python with torch, for what compares with it; empty where there is none.
PYTHON ?= $(shell for p in python3 /usr/bin/python3; do $$p -c 'import torch' 2>/dev/null && echo $$p && break; done)
golden:
	$(if $(PYTHON),,$(error golden: needs Python with torch (Debian: python3-torch)))
	$(PYTHON) tests/golden/make.py

bench: $(BUILD)/rnnscope
	$(if $(PYTHON),$(PYTHON) tests/bench/against_torch.py $(BUILD)/rnnscope,$(BUILD)/rnnscope bench)
	tests/bench/viewer.sh $(BUILD)/rnnscope

# ---- install ---------------------------------------------------------------------------------
.PHONY: install uninstall
DEST = $(DESTDIR)$(PREFIX)
HEADERS = $(shell find lib -name '*.h')
LESSONS = $(shell find lessons -type f -not -path 'lessons/engine/*' -not -path lessons/check.c)
install: all
	install -d $(DEST)/bin $(DEST)/lib/pkgconfig $(DEST)/share/man/man1
	install -m 755 $(BUILD)/rnnscope $(DEST)/bin/rnnscope
	install -m 644 $(BUILD)/librnnscope.a $(DEST)/lib/librnnscope.a
	install -m 644 install/rnnscope.1 $(DEST)/share/man/man1/rnnscope.1
	for f in $(LESSONS); do \
	    install -d $(DEST)/share/rnnscope/$$(dirname $$f) && install -m 644 $$f $(DEST)/share/rnnscope/$$f || exit 1; done
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBS@|$(LIB_LIBS)|' install/rnnscope.pc.in > $(DEST)/lib/pkgconfig/rnnscope.pc
	for h in $(HEADERS:lib/%=%); do \
	    install -d $(DEST)/include/rnnscope/$$(dirname $$h) && install -m 644 lib/$$h $(DEST)/include/rnnscope/$$h || exit 1; done

# A program of somebody else's, against what install puts there.
.PHONY: install-check
install-check:
	rm -rf $(BUILD)/install
	$(MAKE) --no-print-directory install DESTDIR= PREFIX=$(abspath $(BUILD)/install)
	$(CC) -std=c11 -Wall -Wextra -Werror tests/install/user.c -o $(BUILD)/install/user \
	    $$(PKG_CONFIG_PATH=$(abspath $(BUILD)/install)/lib/pkgconfig:$$PKG_CONFIG_PATH pkg-config --cflags --libs rnnscope)
	$(BUILD)/install/user
	$(BUILD)/install/bin/rnnscope --version
	cd $(BUILD)/install && XDG_DATA_HOME=$(abspath $(BUILD)/install) bin/rnnscope learn 1 --text < /dev/null > /dev/null

uninstall:
	rm -f $(DEST)/bin/rnnscope $(DEST)/lib/librnnscope.a $(DEST)/lib/pkgconfig/rnnscope.pc $(DEST)/share/man/man1/rnnscope.1
	rm -rf $(DEST)/include/rnnscope $(DEST)/share/rnnscope

# ---- the rest --------------------------------------------------------------------------------
.PHONY: clean help
clean:
	rm -rf $(BUILD)

help:
	@sed -n 's/^# help: //p' Makefile
# help: make setup        install what is missing; `make setup run` and `make setup test` do the rest too
# help: make              build the program and the library, under build/
# help: make run          start it
# help: make test         run every test; TESTS=lstm only those whose names contain lstm
# help: make gui-test     a real window under Xvfb, driven by xdotool
# help: make gui-random   ten thousand random events, and some in lessons
# help: make gui-memory   does a long session grow?
# help: make gui-threads  training and pages under the thread sanitizer
# help: make lint         formatting, clang-tidy, cppcheck, gcc and clang without a warning
# help: make sanitize     run the tests under address and undefined-behaviour sanitizers
# help: make fuzz         feed damaged files to the readers for a minute
# help: make mutants      planted mistakes: does the gradient check catch each?
# help: make lessons-check  do the lessons' numbers hold?
# help: make pictures     the figures of the README, into pictures/
# help: make bench        times of passes, and ratios to PyTorch where it is installed; the viewer's, beside its aims
# help: make golden       write tests/golden again with PyTorch
# help: make format       clang-format every source
# help: make install      to PREFIX (/usr/local), under DESTDIR; `make uninstall` takes it back
# help: make install-check  build a small program against what install puts there
# help: make clean        remove build/

-include $(LIB_O:.o=.d) $(VIZ_O:.o=.d) $(TEST_O:.o=.d) $(MUTANTS_O:.o=.d) $(BUILD)/lessons/check.d
endif
