# One Makefile, not recursive.  `make help` lists the targets.
#
#   CC=clang        another compiler          SAN=asan,ubsan  with sanitizers
#   O=-O0           another optimisation      B=folder        another build folder
#   V=1             show whole commands       FUZZ_SECONDS=60, PREFIX=/usr, DESTDIR=/tmp/x
#   SQLITE=         builds without SQLite: `run sql` says so
#   WERROR=1        warnings are errors (CI)  SAMPLES=1500    allocations that `memory` lets fail
comma := ,
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)

ifeq ($(origin CC),default)
CC := gcc
endif
SAN ?=
# Another compiler may know more warnings than the ones tried: elsewhere they are only told.
WERROR ?=
O ?= $(if $(SAN),-O1,-O3)
B ?= build/$(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(filter-out -O3,$(O))
F ?= $(patsubst %/,%,$(dir $(B)))/fuzz
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 10
Q := $(if $(V),,@)
# make -s says nothing.
SAY = $(if $(findstring s,$(firstword $(MAKEFLAGS))),:,echo)

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
       $(if $(WERROR),-Werror)
COMMON = -std=c11 -D_GNU_SOURCE -g $(WARN) -fno-strict-aliasing -fno-common \
         -I. -I/usr/include/lua5.4 -I/usr/include/libxml2 -MMD -MP
# A library that the program does without where it is not there, and says so.  Looked for once, when
# the first file is compiled: `deps` may have installed it just before.
has = $(shell printf '\043include <stddef.h>\n\043include <stdio.h>\n\043include <$(1)>\nint main(void) { return 0; }\n' | \
        $(CC) -x c -o /dev/null - $(2) 2>/dev/null && echo yes)
SQLITE = $(eval SQLITE := $(call has,sqlite3.h,-lsqlite3))$(SQLITE)
LIBS = $(if $(SQLITE),-lsqlite3) -lev -lssl -lcrypto -llua5.4 -lcjson -larchive -lxml2 -lz -lpthread -lm

# CUCMLAB_ABORT: a failed CHECK aborts, so that the sanitizer or the fuzzer sees it.
SANITIZE = $(if $(SAN),-fsanitize=$(subst asan,address,$(subst ubsan,undefined,$(SAN))))
CFLAGS = $(COMMON) $(O) $(if $(SAN),$(SANITIZE) -fno-omit-frame-pointer \
         -fno-sanitize-recover=all -DCUCMLAB_ABORT)
LDFLAGS = $(SANITIZE)
# For tests/mutate: the library as a shared object; a build that counts which lines it runs.
LIBRARY = $(B)/libcucmlab.$(if $(SHARED),so,a)
CFLAGS += $(if $(SHARED),-fPIC) $(if $(COUNT),--coverage)
LDFLAGS += $(if $(COUNT),--coverage)

SQL_OBJ = $(foreach name,sql sql_fill sql_put,$(B)/sim/cli/$(name).o $(F)/obj/sim/cli/$(name).o)
$(SQL_OBJ): COMMON += $(if $(SQLITE),-DHAVE_SQLITE)

FUZZ_SAN = address,undefined -fno-sanitize-recover=all
FUZZ_CFLAGS = $(COMMON) -O1 -DCUCMLAB_ABORT -fno-omit-frame-pointer

LIB_SRC := $(filter-out sim/main.c,$(wildcard sim/*.c sim/*/*.c nodes/*.c phones/*.c))
PURE_SRC := $(filter-out sim/base/sys.c,$(wildcard sim/base/*.c sim/wire/*.c sim/core/*.c sim/talk/*.c \
            nodes/*.c phones/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
PURE_OBJ := $(PURE_SRC:%.c=$(B)/%.o)
TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
BENCHES := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/bench_*.c))
CHAOS := $(B)/tests/chaos/chaos
HOSTILE := $(B)/tests/hostile/hostile
HOSTILE_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/hostile/*.c))
SITE := $(B)/tests/site/site
SITE_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/site/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(F)/%,$(wildcard tests/fuzz/fuzz_*.c))

# The packages that the goals need; a plain `make` only builds and installs nothing.
GOALS := $(or $(MAKECMDGOALS),all)
NEEDS := $(or $(if $(filter lint fuzz objects determinism,$(GOALS)),ci),\
         $(if $(filter test unit golden memory mutants programs soak site,$(GOALS)),test),\
         $(if $(filter docs,$(GOALS)),docs),\
         $(if $(filter demo bench chaos,$(GOALS)),build))

all: cucmlab ## build ./cucmlab (the default)

help: ## show this list
	@sed -n 's/^#   /  /p' Makefile
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: deps cucmlab ## both certificates regenerated on one node, 5,000 phones: what happens?
	@./cucmlab run scenarios/regenerate/both-one-node.lua --set phones=5000

test: deps $(B)/cucmlab $(TESTS) $(HOSTILE) $(SITE) ## unit tests, scenarios, live tests, purity and include checks
	@CC='$(CC)' tests/run.sh $(B)

unit: deps $(TESTS) ## unit tests alone
	@tests/run.sh $(B) unit

golden: deps $(B)/cucmlab ## what every scenario does at 3 phones, as kept; UPDATE=1: keep it anew
	@tests/golden.sh $(abspath $(B)/cucmlab) $(if $(UPDATE),--update)

lint: deps ## format, cppcheck, banned functions, lengths, shell, man page, build with clang
	@tests/lint/run.sh $(patsubst %/,%,$(dir $(B)))

fuzz: deps $(FUZZERS) ## every decoder under libFuzzer, FUZZ_SECONDS each
	@tests/fuzz.sh $(F) $(FUZZ_SECONDS)

bench: deps $(BENCHES) $(SITE) $(B)/cucmlab ## benchmarks
	@set -e; for b in $(BENCHES); do ./$$b; done

memory: deps $(B)/cucmlab ## one failed allocation at a time: one line and exit 3, or the same answer
	@CC='$(CC)' tests/memory/run.sh $(B)/cucmlab $(or $(SAMPLES),1500)

SECONDS ?= 600
soak: deps $(B)/cucmlab $(HOSTILE) ## all kinds of hostile clients at once for SECONDS=600, good ones beside them; WORKERS=2 threads of TVS
	@CUCMLAB=$(abspath $(B)/cucmlab) HOSTILE=$(abspath $(HOSTILE)) tests/hostile/soak.sh $(SECONDS) $(or $(WORKERS),0)

site: deps $(SITE) ## a sample site in build/site, in every shape that import reads: PHONES=3000
	@mkdir -p build/site
	@$(SITE) --phones $(or $(PHONES),3000) --truth build/site.json build/site

N ?= 40
SEED ?= 1
JOBS ?= 2
mutants: deps ## plant faults in FILES="phones/trust.c ...", N=40 each (SEED=1, JOBS=2): do the tests notice?
	@CC='$(CC)' COMPILE='$(CC) $(filter-out -g -MMD -MP $(WARN),$(COMMON)) -O2 -fPIC -w' \
	    LINK='$(CC) -shared' LIBS='$(LIBS)' N=$(N) SEED=$(SEED) JOBS=$(JOBS) \
	    tests/mutate/run.sh $(patsubst %/,%,$(dir $(B)))/mutants $(FILES)

chaos: deps $(CHAOS) ## remedies against reality in random situations: SEEDS=1000 fresh ones, FROM=N; EACH=20 of each kind; ONLY=N told
	@$(CHAOS) $(if $(ONLY),= $(ONLY),$(if $(KEPT),- $(KEPT),$(if $(EACH),+ $(EACH),\
	    $(or $(SEEDS),1000)) $(or $(FROM),$(shell date +%s))))

determinism: deps ## same trace and same bytes from gcc, clang, -O0 with sanitizers, and --bytes
	@tests/determinism.sh $(patsubst %/,%,$(dir $(B)))

docs: deps $(B)/cucmlab ## make the generated pages anew: SCENARIOS, STATES, KNOBS, MODELS, VERSIONS, kinds of IMPORT, the scenarios' index
	@scripts/gen-scenarios-doc.sh $(abspath $(B)/cucmlab)
	@scripts/gen-scenarios-index.sh $(abspath $(B)/cucmlab)
	@scripts/gen-tables-doc.sh $(abspath $(B)/cucmlab)
	@scripts/gen-kinds-doc.sh $(abspath $(B)/cucmlab)

install: all ## into PREFIX (/usr/local): program, man page, completion, scenarios, docs
	install -D -m 755 cucmlab $(DESTDIR)$(PREFIX)/bin/cucmlab
	install -D -m 644 docs/cucmlab.1 $(DESTDIR)$(PREFIX)/share/man/man1/cucmlab.1
	install -D -m 644 scripts/cucmlab.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/cucmlab
	for f in $(wildcard scenarios/*.lua scenarios/*/*.lua) scenarios/README.md; do \
	    install -D -m 644 $$f $(DESTDIR)$(PREFIX)/share/cucmlab/$$f || exit 1; done
	install -d $(DESTDIR)$(PREFIX)/share/doc/cucmlab
	install -m 644 README.md CHANGELOG.md $(wildcard docs/*.md docs/*.json docs/*.svg) \
	    $(DESTDIR)$(PREFIX)/share/doc/cucmlab
	install -D -m 644 docs/wireshark/cucmlab.lua \
	    $(DESTDIR)$(PREFIX)/share/doc/cucmlab/wireshark/cucmlab.lua

clean: ## remove everything that was built
	rm -rf build cucmlab

# Everything that compiles, linked or not: what lint builds with clang.
objects: deps $(LIB_OBJ) $(B)/sim/main.o $(TESTS:=.o) $(BENCHES:=.o) $(CHAOS).o $(HOSTILE_OBJ) \
         $(SITE_OBJ) $(B)/tests/mutate/plant.o \
         $(FUZZERS:$(F)/%=$(B)/tests/fuzz/%.o)

# Everything that tests/mutate runs.
programs: deps $(B)/cucmlab $(TESTS) $(B)/tests/mutate/plant $(HOSTILE) $(SITE)

# The pure code in one object, for tests/purity.sh.
$(B)/pure.o: $(PURE_OBJ)
	$(Q)ld -r -o $@ $^

deps:
	@$(if $(NEEDS),scripts/deps.sh $(NEEDS))

# Copied only where it differs: ./cucmlab is whatever was built last, by whichever compiler.
cucmlab: $(B)/cucmlab
	@cmp -s $< $@ || cp -f $< $@

$(B)/cucmlab: $(B)/sim/main.o $(LIBRARY)
	@$(SAY) "  LD $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# Made anew: an object whose source is gone must not stay in it.
$(B)/libcucmlab.a: $(LIB_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/libcucmlab.so: $(LIB_OBJ)
	$(Q)$(CC) -shared -Wl,-soname,$(@F) -o $@ $^ $(LIBS)

$(B)/tests/mutate/plant: $(B)/tests/mutate/plant.o
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

$(B)/%.o: %.c Makefile | deps
	@mkdir -p $(@D)
	@$(SAY) "  CC $<"
	$(Q)$(CC) $(CFLAGS) -c -o $@ $< || { scripts/deps.sh hint; exit 1; }

$(TESTS): %: %.o $(LIBRARY)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

$(BENCHES) $(CHAOS): %: %.o $(B)/libcucmlab.a
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(HOSTILE): $(HOSTILE_OBJ) $(B)/libcucmlab.a
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(SITE): $(SITE_OBJ) $(B)/libcucmlab.a
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(F)/obj/%.o: %.c Makefile | deps
	@mkdir -p $(@D)
	@$(SAY) "  FUZZ CC $<"
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,$(FUZZ_SAN) -c -o $@ $<

$(F)/libcucmlab.a: $(LIB_SRC:%.c=$(F)/obj/%.o)
	$(Q)rm -f $@ && ar rcs $@ $^

$(F)/fuzz_%: $(F)/obj/tests/fuzz/fuzz_%.o $(F)/libcucmlab.a
	$(Q)clang -fsanitize=fuzzer,$(FUZZ_SAN) -o $@ $^ $(LIBS)

-include $(wildcard $(B)/*/*.d $(B)/*/*/*.d $(F)/obj/*/*.d $(F)/obj/*/*/*.d)
.PHONY: all help demo test unit golden lint fuzz bench chaos memory determinism docs install clean objects deps cucmlab
.PHONY: mutants programs soak site
.DELETE_ON_ERROR:
.SECONDARY:
