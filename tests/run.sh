#!/bin/sh
# Usage: tests/run.sh BUILD [unit]
#
# What `make test` runs, with the program and the test programs in the folder BUILD: every unit
# test, every scenario, the goldens, every live test, then the sample site, pages, memory, purity, includes and
# circles; with `unit`, the first alone.
#
#   SCENARIO_ARGS   further options of `cucmlab run`, "--set phones=200"
#   CC              the compiler of the purity check (clang is checked beside it where installed)
#
# A live test is a shell script tests/live/*.sh that exits 0 where all is well.  It gets the program
# as CUCMLAB and an empty folder as TEST_DIR, and ends the processes that it started.
set -u
build=${1:?usage: tests/run.sh BUILD [unit]}
only=${2-}
. tests/checks.sh

program=$build/cucmlab
case $program in /*) ;; *) program=$PWD/$program ;; esac
CUCMLAB=$program
# Keys are cached under the build folder, not in the user's own cache.
XDG_CACHE_HOME=${program%/*}/cache
ASAN_OPTIONS=handle_segv=2
UBSAN_OPTIONS=print_stacktrace=1
export CUCMLAB XDG_CACHE_HOME ASAN_OPTIONS UBSAN_OPTIONS

# sum WORD: the total of cmocka's lines "[  WORD  ] N test(s)" in the log.
sum() {
    sed -n "s/^\\[  $1  *\\] \\([0-9][0-9]*\\) test(s).*/\\1/p" "$scratch/log" |
        awk '{ n += $1 } END { print n + 0 }'
}

# One cmocka program.  A run without its summary (a crash), or with a status that its summary does
# not explain (a leak), is one failure more.
unit() {
    timeout -k 10 600 "$1" >"$scratch/log" 2>&1 </dev/null
    status=$?
    good=$(sum PASSED)
    bad=$(sum FAILED)
    skipped=$(sum SKIPPED)
    total=$(sed -n 's/^\[==========\] \([a-z_]*: \)\{0,1\}\([0-9]*\) test(s) run\..*/\2/p' "$scratch/log" |
        awk '{ n += $1 } END { print n + 0 }')
    if [ "$total" -eq 0 ] || [ "$total" -ne $((good + bad + skipped)) ]; then
        bad=$((bad + 1))
        echo "(no summary, or one that does not add up)" >>"$scratch/log"
    elif [ "$bad" -eq 0 ] && [ "$status" -ne 0 ]; then
        bad=1
    fi
    note="$2: $good passed"
    [ "$skipped" -eq 0 ] || note="$note, $skipped skipped"
    [ "$bad" -eq 0 ] || note="$note, $bad failed, exit $status"
    add "$good" "$bad" "$note"
}

units() {
    for source in tests/unit/test_*.c; do
        name=${source##*/}
        name=${name%.c}
        if [ -x "$build/tests/unit/$name" ]; then
            unit "$build/tests/unit/$name" "$name"
        else
            missing "$build/tests/unit/$name"
        fi
    done
}

scenarios() {
    for scenario in scenarios/*.lua scenarios/*/*.lua; do
        case $scenario in
        *.d.lua) ;; # types for editors
        *'*'*) missing scenarios ;;
        *)
            # shellcheck disable=SC2086
            check "${scenario%.lua}" timeout -k 10 600 "$program" run "$scenario" --no-what-if ${SCENARIO_ARGS-}
            ;;
        esac
    done
}

live() {
    for script in tests/live/*.sh; do
        if [ ! -e "$script" ]; then
            missing tests/live
            continue
        fi
        TEST_DIR=$scratch/live
        export TEST_DIR
        rm -rf "$TEST_DIR"
        mkdir "$TEST_DIR"
        check "${script%.sh}" timeout -k 10 300 sh "$script"
    done
}

# The script counts for itself.
goldens() {
    tests/golden.sh "$program" >"$scratch/log" 2>&1 </dev/null
    last=$(tail -n 1 "$scratch/log")
    good=${last%% passed*}
    bad=${last##*passed, }
    case $last in
    *[0-9]" passed, "[0-9]*" failed") add "$good" "${bad%% failed}" "goldens: $good passed" ;;
    *) missing "the last line of tests/golden.sh" ;;
    esac
}

units
if [ "$only" != unit ]; then
    scenarios
    goldens
    live
    check site tests/site.sh "$program" "$build/tests/site/site"
    check readme tests/readme.sh "$program" README.md docs/DOCTOR.md docs/IMPORT.md docs/PLAN.md
    check tables scripts/gen-tables-doc.sh "$program" --check
    check kinds scripts/gen-kinds-doc.sh "$program" --check
    check scenarios-page scripts/gen-scenarios-doc.sh "$program" --check
    check scenarios-index scripts/gen-scenarios-index.sh "$program" --check
    check includes tests/includes.sh
    case $build in
    *asan*) echo "note  memory: the sanitizer has an allocator of its own" ;;
    *) check memory tests/memory/run.sh "$program" 40 ;;
    esac
    # shellcheck disable=SC2046
    check circles tests/circles.sh "$build" \
        $(find sim nodes phones -type d ! -path sim/base)
    for compiler in gcc clang; do
        # Only CI needs clang; a machine that only tests checks with gcc.
        if command -v "$compiler" >/dev/null 2>&1; then
            check "purity $compiler" tests/purity.sh "$compiler" "$(dirname "$build")/$compiler"
        else
            echo "note  purity: no $compiler here"
        fi
    done
fi
summary
