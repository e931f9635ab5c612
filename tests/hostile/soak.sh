#!/bin/sh
# Usage: tests/hostile/soak.sh SECONDS WORKERS
#
# All kinds of hostile clients at once against a lab that serves, good ones beside them: what
# `make soak` runs.  CUCMLAB and HOSTILE are the two programs; SANITIZED=yes where memory is not to be judged.
set -u
seconds=${1:?usage: tests/hostile/soak.sh SECONDS WORKERS}
workers=${2:-0}
. tests/live/lib/serve.sh
. tests/hostile/lib.sh
hostile_lab --tvs-workers "$workers"
hostile --at-once --ms "$((seconds * 1000))" || fail "hostile clients did harm"
stop
[ ! -s "$TEST_DIR/err" ] || fail "something on standard error"
ok "$seconds s of all kinds at once"
