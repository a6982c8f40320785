# rnnscope: `make help` lists what can be made.
PREFIX ?= /usr/local
BUILD  ?= build
CC     ?= cc
# The program runs where it is built; ARCH= gives one that runs on any machine of the kind.
ARCH   ?= -march=native
OPT    ?= -O3
VERSION = 0.1.0

option = $(shell $(CC) $(1) -E -x c /dev/null >/dev/null 2>&1 && echo '$(1)')
WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
# no errno, no traps: what vector code needs; NaN, Inf and subnormals stay as they are (-ffast-math would not leave them)
FLOATING := -fno-math-errno -fno-trapping-math $(call option,-fopenmp-simd) $(call option,-fcx-limited-range)
PACKAGES = sdl2 pangocairo libcjson
CFLAGS  ?= $(OPT) -g
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
ALL_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -DRS_VERSION='"$(VERSION)"' -Ilib -I. $(WARNINGS) $(ARCH) $(FLOATING) \
             $(PACKAGE_CFLAGS) $(CFLAGS) -MMD -MP
LIB_LIBS = -lcjson -llapacke -lopenblas -lm -lpthread
LIBS     = $(PACKAGE_LIBS) $(LIB_LIBS) -ldl

# The files that network/float.c and complex.c read again are compiled once here, for double.
LIB_C   := $(wildcard lib/*/*.c)
VIZ_C   := $(wildcard viz/*.c viz/*/*.c) $(wildcard lessons/engine/*.c)
TEST_C  := $(wildcard tests/unit/*.c)
LIB_O   := $(LIB_C:%.c=$(BUILD)/%.o)
VIZ_O   := $(VIZ_C:%.c=$(BUILD)/%.o)
TEST_O  := $(TEST_C:%.c=$(BUILD)/%.o)
GROUPS  := $(patsubst tests/unit/test_%.c,%,$(wildcard tests/unit/test_*.c))

.PHONY: all test clean
all: $(BUILD)/rnnscope $(BUILD)/librnnscope.a

$(BUILD)/librnnscope.a: $(LIB_O)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/rnnscope: $(VIZ_O) $(BUILD)/librnnscope.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

# All groups of tests in one program, so that cmocka's closing lines count every test.
$(BUILD)/tests/groups.h: $(wildcard tests/unit/test_*.c)
	@mkdir -p $(@D)
	printf 'GROUP(%s)\n' $(GROUPS) > $@
$(BUILD)/tests/unit/main.o: $(BUILD)/tests/groups.h
$(BUILD)/tests/unit/%.o: ALL_CFLAGS += -I$(BUILD)/tests
$(BUILD)/unit: $(TEST_O) $(filter-out $(BUILD)/viz/main.o,$(VIZ_O)) $(BUILD)/librnnscope.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ -lcmocka $(LIBS)

# TESTS=lstm runs the tests whose names match *lstm*.
test: $(BUILD)/unit $(BUILD)/rnnscope
	RNNSCOPE=$(BUILD)/rnnscope $(BUILD)/unit $(TESTS)

clean:
	rm -rf $(BUILD)

-include $(LIB_O:.o=.d) $(VIZ_O:.o=.d) $(TEST_O:.o=.d)
