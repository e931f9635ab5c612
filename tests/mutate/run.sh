#!/bin/bash
# Usage: tests/mutate/run.sh BUILD FILE...      (make mutants FILES="..." calls it)
#
# Would the tests notice?  Plants one fault at a time (tests/mutate/plant.c) in a copy of each FILE
# and runs the unit tests, goldens and checks of pages that come by the changed function, quick ones first,
# until one of them fails.  Prints each fault that nothing noticed, and a score for each file.  All
# that it makes is in BUILD; the tree is copied once at the start and not looked at again.
#
#   N=40      at most so many faults a file      SEED=1   which ones
#   JOBS=2    so many at a time                  MOST=20  seconds; slower programs are left out
#
# A fault counts where it compiles and changes the object.  Faults that change nothing that anybody
# could see are named in tests/mutate/nothing.txt, by hand, and do not count.
set -u
{ # read whole before it runs: it may be edited meanwhile
build=${1:?usage: tests/mutate/run.sh BUILD FILE...}
shift
[ $# -gt 0 ] || {
    echo "mutants: which files?  make mutants FILES=\"phones/trust.c\"" >&2
    exit 2
}
N=${N:-40} SEED=${SEED:-1} JOBS=${JOBS:-2} MOST=${MOST:-20}
case $build in /*) ;; *) build=$PWD/$build ;; esac
files=$*
tree=$build/tree
work=$build/work
mkdir -p "$build/seen"
rm -rf "$tree" "$work"
mkdir -p "$tree" "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
tar cf - Makefile docs nodes phones scenarios scripts sim tests | tar xf - -C "$tree"
cd "$tree" || exit 2
# Nothing of a person's settings, and a make of its own below.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
ulimit -c 0

for file in $files; do
    [ -f "$file" ] || { echo "mutants: no file $file" >&2; exit 2; }
done

# The programs twice: over one shared library, whose every link serves all of them; and counting
# which lines they run.
make -s -j"$JOBS" B="$build/plain" SHARED=1 programs >"$work/log" 2>&1 &&
    make -s -j"$JOBS" B="$build/count" O=-O0 COUNT=1 programs >>"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    exit 2
}
headers=$(find nodes phones sim -name '*.h' | sort)
programs="$(for t in tests/unit/test_*.c; do basename "$t" .c; done) goldens pages"

# command BUILD NAME: how one of the programs of a build is started.
command_of() {
    case $2 in
    goldens) echo "tests/golden.sh $1/cucmlab" ;;
    pages) echo "tests/mutate/pages.sh $1/cucmlab" ;;
    *) echo "$1/tests/unit/$2" ;;
    esac
}

# ---- what each program runs: counts in BUILD/seen/NAME, its milliseconds in NAME.ms -------------

look() {
    seen=$build/seen/$1
    started=$(command_of "$build/count" "$1")
    [ -e "$seen.ms" ] && [ "$seen.ms" -nt "${started##* }" ] && return
    rm -rf "$seen" "$seen.ms"
    mkdir -p "$seen"
    begin=$(date +%s%N)
    # shellcheck disable=SC2086 # words
    if GCOV_PREFIX=$seen XDG_CACHE_HOME=$build/cache timeout -k 5 300 $started \
        >"$seen.log" 2>&1 </dev/null; then
        echo $((($(date +%s%N) - begin) / 1000000)) >"$seen.ms"
    else
        echo "mutants: $1 fails without any fault ($seen.log): left out" >&2
    fi
}

# lines PROGRAM FILE: the numbers of the lines of FILE that it ran, one a line.
lines() {
    counts=$build/seen/$1$build/count/${2%.c}.gcda
    [ -e "$counts" ] || return
    ln -sf "$build/count/${2%.c}.gcno" "${counts%.gcda}.gcno"
    gcov -t "$counts" 2>/dev/null | awk -v file="$2" '
        { split($0, part, ":"); count = part[1]; line = part[2] + 0 }
        line == 0 && part[3] == "Source" { ours = part[4] == file }
        ours && line > 0 && count ~ /^ *[1-9]/ { print line }'
}

# in_turn COMMAND: JOBS times at once, each with its number.
in_turn() {
    job=0
    while [ "$job" -lt "$JOBS" ]; do
        "$@" "$job" &
        job=$((job + 1))
    done
    wait
}

look_at_share() {
    n=0
    for program in $programs; do
        [ $((n % JOBS)) -ne "$1" ] || look "$program"
        n=$((n + 1))
    done
}
in_turn look_at_share

for file in $files; do
    mkdir -p "$work/lines/${file%/*}"
    for program in $programs; do
        [ -e "$build/seen/$program.ms" ] || continue
        ms=$(cat "$build/seen/$program.ms")
        [ "$ms" -le $((MOST * 1000)) ] || continue
        # Pages are printed from tables, which is no line that runs.
        { [ "$program" != pages ] || echo 0; lines "$program" "$file"; } | awk -v who="$program" -v ms="$ms" '
            { at = at " " $1 } END { if (NR) print ms, who at }'
    done | sort -n >"$work/lines/$file"
done

# ---- one fault ----------------------------------------------------------------------------------

# noticed FILE FIRST LAST: by which program; a fault outside of functions by any that runs the file.
noticed() {
    awk -v first="$2" -v last="$3" '{
        for (i = 3; i <= NF; i++)
            if (first == 0 || ($i >= first && $i <= last)) { print $1, $2; next }
    }' "$work/lines/$1" >"$mine/programs"
    while read -r ms program; do
        # shellcheck disable=SC2046
        (ulimit -v 8000000
            LD_LIBRARY_PATH=$mine CMOCKA_TEST_ABORT=1 XDG_CACHE_HOME=$mine/cache TMPDIR=$mine/tmp \
                timeout -k 2 $((ms / 200 + 5)) $(command_of "$build/plain" "$program")
        ) >"$mine/log" 2>&1 </dev/null || {
            echo "$program"
            return
        }
    done <"$mine/programs"
}

compiled() { # the source, the object
    $COMPILE -c -o "$2" "$1" 2>/dev/null
}

# Keys that a fault made must not be found by the next one.
clean_cache() {
    if [ -n "$(find "$mine/cache" -newer "$mine/mark" -print -quit)" ]; then
        rm -rf "$mine/cache"
        cp -a "$build/cache" "$mine/cache"
        touch "$mine/mark"
        sleep 0.01
    fi
    rm -rf "$mine/tmp"
    mkdir "$mine/tmp"
}

# fault FILE NUMBER KIND LINE FIRST LAST WAS NOW: a line of results.
fault() {
    # shellcheck disable=SC2086
    "$build/plain/tests/mutate/plant" make "$2" "$1" $headers >"$mine/fault.c"
    if ! compiled "$mine/fault.c" "$mine/fault.o"; then
        by=-compile
    elif cmp -s "$mine/fault.o" "$mine/whole.o"; then
        by=-same
    else
        find "$build/plain/sim" "$build/plain/nodes" "$build/plain/phones" -name '*.o' \
            ! -path "$build/plain/${1%.c}.o" ! -path "$build/plain/sim/main.o" >"$mine/objects"
        # shellcheck disable=SC2086
        $LINK -o "$mine/libcucmlab.so" "$mine/fault.o" @"$mine/objects" $LIBS 2>/dev/null || by=-compile
        clean_cache
        by=$(noticed "$1" "$5" "$6")
    fi
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$4" "$3" "${by:--nobody}" "$7" "$8" \
        "$(sed -n "$4s/^ *//p" "$1")"
}

# Worker number $1: every JOBS-th line of the list of faults.
share() {
    mine=$work/job$1
    mkdir -p "$mine" "$mine/cache"
    cp -a "$build/cache" "$mine" 2>/dev/null
    touch "$mine/mark"
    tab=$(printf '\t')
    last_file=
    awk -v jobs="$JOBS" -v job="$1" 'NR % jobs == job' "$work/faults" |
        while IFS="$tab" read -r file number kind line first last was now; do
            if [ "$file" != "$last_file" ]; then
                cp "$file" "$mine/fault.c"
                compiled "$mine/fault.c" "$mine/whole.o"
                last_file=$file
            fi
            fault "$file" "$number" "$kind" "$line" "$first" "$last" "$was" "$now"
            [ ! -t 2 ] || printf '.' >&2
        done >"$mine/results"
}

for file in $files; do
    # shellcheck disable=SC2086
    "$build/plain/tests/mutate/plant" list "$SEED" "$N" "$file" $headers | sed "s|^|$file	|"
done >"$work/faults"
in_turn share
[ ! -t 2 ] || echo >&2

# A line of nothing.txt whose source is not there any more says nothing.
for file in $files; do
    awk -F '\t' -v file="$file" '
        FNR == NR { if ($1 == file) known[$2] = FNR; next }
        { line = $0; sub(/^ */, "", line); delete known[line] }
        END { for (line in known) print "tests/mutate/nothing.txt:" known[line] ": stale" }' \
        tests/mutate/nothing.txt "$file"
done

# ---- what came of it ----------------------------------------------------------------------------

cat "$work"/job*/results | sort -t "$(printf '\t')" -k1,1 -k2,2n >"$build/results"
awk -F '\t' -f tests/mutate/score.awk tests/mutate/nothing.txt "$build/results"
exit
}
