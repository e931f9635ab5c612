#!/bin/sh
# Usage: tests/fuzz.sh BUILD SECONDS
#
# Runs every fuzzer of the folder BUILD for SECONDS, as many at once as there are processors.  The
# corpus tests/fuzz/corpus/NAME is read and never written; what the fuzzer finds, crashes too, goes
# to BUILD/found/NAME.
set -u
build=${1:?usage: tests/fuzz.sh BUILD SECONDS}
seconds=${2:?usage: tests/fuzz.sh BUILD SECONDS}

if [ "${3-}" ]; then # one fuzzer, called by xargs below
    name=$3
    found=$build/found/$name
    mkdir -p "$found/corpus"
    set -- "$found/corpus"
    [ ! -d "tests/fuzz/corpus/$name" ] || set -- "$@" "tests/fuzz/corpus/$name"
    UBSAN_OPTIONS=print_stacktrace=1 timeout -k 10 $((seconds + 120)) \
        "$build/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$found/" -print_final_stats=1 "$@" >"$found/log" 2>&1 </dev/null
    echo $? >"$found/status"
    exit 0
fi

. tests/checks.sh
names=$(find tests/fuzz -maxdepth 1 -name 'fuzz_*.c' | sed 's|.*/fuzz_||; s|\.c$||' | sort)
[ -n "$names" ] || missing "tests/fuzz/fuzz_*.c"
for name in $names; do rm -f "$build/found/$name/status"; done
echo "$names" | xargs -r -n 1 -P "$(nproc)" "$0" "$build" "$seconds"

for name in $names; do
    tail -n 100 "$build/found/$name/log" >"$scratch/log" 2>&1
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/log")
    status=$(cat "$build/found/$name/status" 2>/dev/null)
    if [ "${status:-1}" = 0 ] && [ "${runs:-0}" -gt 0 ]; then
        add 1 0 "fuzz $name: $runs inputs"
    else
        add 0 1 "fuzz $name (exit ${status:-none}; $build/found/$name)"
    fi
done
summary
