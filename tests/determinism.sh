#!/bin/sh
# Usage: tests/determinism.sh BUILDS [SCENARIO]
#
# All scenarios, as many at once as there are processors; SCENARIO: that one, with what is built.
#
# Every scenario must give the same trace and the same bytes of every file, twice, from gcc and from
# clang, at -O2 and at -O0 with sanitizers, and the same trace where `--bytes` makes the bytes at
# every hop.  Each variant starts with an empty cache of keys, so that the keys are made anew by each.
# BUILDS is the folder of the build folders (build).
#
#   SCENARIO_ARGS   further options of `cucmlab run` (default "--set phones=20 --no-what-if")
set -u
builds=${1:?usage: tests/determinism.sh BUILDS [SCENARIO]}
arguments=${SCENARIO_ARGS-"--set phones=20 --no-what-if"}
. tests/checks.sh
ASAN_OPTIONS=detect_leaks=0 # leaks are the business of the tests
export ASAN_OPTIONS

build() {
    make -s CC="$2" O="$3" SAN="$4" B="$builds/$1" "$builds/$1/cucmlab"
}

# run VARIANT BUILD SCENARIO OPTION...: trace and dump under $scratch/VARIANT.
run() {
    variant=$1
    program=$builds/$2/cucmlab
    scenario=$3
    shift 3
    cache=${DETERMINISM_OUT-$scratch}/cache/$variant
    mkdir -p "$cache" "$scratch/$variant"
    rm -rf "$scratch/$variant/dump" "$scratch/$variant/trace"
    # What the scenario expects is the business of the tests: exit 1 is a whole run too.
    # shellcheck disable=SC2086
    XDG_CACHE_HOME=$cache timeout -k 10 300 "$program" run "$scenario" $arguments \
        --trace "$scratch/$variant/trace" "$@" >"$scratch/$variant/out" 2>&1 </dev/null
    status=$?
    [ "$status" -le 1 ] || {
        cat "$scratch/$variant/out"
        echo "exit $status"
        return 1
    }
}

# hash VARIANT: the last line of its trace, which must be one.
hash_of() {
    tail -n 1 "$scratch/$1/trace" | grep -Ex 'hash [0-9a-f]{16}'
}

reference() {
    run reference gcc "$1" --dump "$scratch/reference/dump" && hash_of reference &&
        [ -n "$(find "$scratch/reference/dump" -type f -print -quit)" ]
}

# same VARIANT BUILD SCENARIO OPTION...: runs it and compares with the reference.
same() {
    run "$@" || return 1
    hash=$(hash_of "$1") || {
        echo "no hash at the end of the trace"
        return 1
    }
    if [ "$hash" != "$(hash_of reference)" ]; then
        diff "$scratch/reference/trace" "$scratch/$1/trace" | head -n 20
        return 1
    fi
    [ ! -d "$scratch/$1/dump" ] || diff -r "$scratch/reference/dump" "$scratch/$1/dump"
}

one() {
    name=${1%.lua}
    check "$name: trace and files" reference "$1"
    check "$name: again" same again gcc "$1" --dump "$scratch/again/dump"
    check "$name: clang" same clang clang "$1" --dump "$scratch/clang/dump"
    check "$name: -O0 asan,ubsan" same asan gcc-asan-ubsan-O0 "$1" --dump "$scratch/asan/dump"
    check "$name: --bytes" same bytes gcc "$1" --bytes
    summary
}

if [ "${2-}" ]; then # one scenario, called by xargs below; its lines go to a file of their own
    [ -z "${DETERMINISM_OUT-}" ] || exec >"$DETERMINISM_OUT/$(echo "$2" | tr / _)"
    one "$2"
    exit
fi

check "build gcc -O2" build gcc gcc -O2 ""
check "build clang -O2" build clang clang -O2 ""
check "build gcc -O0 asan,ubsan" build gcc-asan-ubsan-O0 gcc -O0 asan,ubsan

DETERMINISM_OUT=$scratch/lines
export DETERMINISM_OUT
mkdir "$DETERMINISM_OUT"
find scenarios -name '*.lua' ! -name '*.d.lua' | sort >"$scratch/scenarios"
xargs -r -n 1 -P "$(nproc)" "$0" "$builds" <"$scratch/scenarios"
while read -r scenario; do
    lines=$DETERMINISM_OUT/$(echo "$scenario" | tr / _)
    sed '$d' "$lines"
    counted=$(tail -n 1 "$lines" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
    : >"$scratch/log"
    # One that was cut short has no such line.
    [ -n "$counted" ] || { missing "$scenario: its end" && continue; }
    passed=$((passed + ${counted% *}))
    failed=$((failed + ${counted#* }))
done <"$scratch/scenarios"
[ -s "$scratch/scenarios" ] || missing scenarios
summary
