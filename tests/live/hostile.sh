#!/bin/sh
# Hostile clients of every kind, one kind after the other (`make soak` has all at once, for long):
# good clients are served meanwhile, registered phones stay, memory and files are back where they
# were.  Then the same crowd where no descriptor is left.
. tests/live/lib/serve.sh
. tests/hostile/lib.sh
hostile_lab
hostile --ms 400 >"$TEST_DIR/said" 2>&1 || { cat "$TEST_DIR/said"; fail "hostile clients did harm"; }
# 6971 alone is not there, of a cluster without ECDSA.
grep -q '^12 ports, 20 registered phones$' "$TEST_DIR/said" || { cat "$TEST_DIR/said"; fail "not all ports, or not all phones"; }
[ "$(grep -c ' answered$' "$TEST_DIR/said")" -eq "$("$HOSTILE" --list | wc -l)" ] || { cat "$TEST_DIR/said"; fail "not all kinds"; }
stop
[ ! -s "$TEST_DIR/err" ] || fail "something on standard error"
ok "good clients and phones have what they want among $("$HOSTILE" --list | wc -l) kinds of hostile ones"
[ -z "$SANITIZED" ] || echo "note  memory is not judged: the sanitizer has an allocator of its own"

hostile_lab
# shellcheck disable=SC2154 # serve() sets pid
used=$(find "/proc/$pid/fd" -mindepth 1 | wc -l)
prlimit --pid "$pid" --nofile="$((used + 100)):"
hostile --kind idle --ms 2000 --no-memory >"$TEST_DIR/said" 2>&1 || { cat "$TEST_DIR/said"; fail "without descriptors"; }
prlimit --pid "$pid" --nofile=20000: 2>/dev/null
stop
grep -v 'cannot accept: Too many open files (told once)$' "$TEST_DIR/err" >"$TEST_DIR/other"
[ ! -s "$TEST_DIR/other" ] || fail "something else on standard error"
ok "with 100 descriptors left"
