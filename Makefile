# One Makefile, not recursive.  `make help` lists the targets.
CC ?= gcc
O ?= -O2
SAN ?=
B ?= build/$(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(filter-out -O2,$(O)),$(O))
comma := ,
sanitizers := $(subst asan,address,$(subst ubsan,undefined,$(SAN)))

CFLAGS = -std=c11 -D_GNU_SOURCE $(O) -g -Wall -Wextra -Wshadow -Wstrict-prototypes \
         -Wmissing-prototypes -Wvla -Werror -fno-strict-aliasing -fno-common -I. -I/usr/include/lua5.4
LDFLAGS =
ifneq ($(SAN),)
CFLAGS += -fsanitize=$(sanitizers) -fno-omit-frame-pointer -fno-sanitize-recover=all
LDFLAGS += -fsanitize=$(sanitizers)
endif
LIBS = -lev -lssl -lcrypto -llua5.4 -lcjson -lexpat -lpthread -lm

LIB_SRC := $(filter-out sim/main.c,$(wildcard sim/*.c sim/*/*.c nodes/*.c phones/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
TESTS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))

all: cucmlab

cucmlab: $(B)/cucmlab
	@cp -f $< $@

$(B)/cucmlab: $(B)/sim/main.o $(B)/libcucmlab.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/libcucmlab.a: $(LIB_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/libcucmlab.a
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

unit: $(TESTS)
	@set -e; for t in $(TESTS); do ./$$t; done

clean:
	rm -rf build cucmlab

-include $(shell find build -name '*.d' 2>/dev/null)
.PHONY: all unit clean
.SECONDARY:
