#!/bin/sh
# Usage: tests/memory/run.sh PROGRAM SAMPLES
#
# One failed allocation at a time, over a short run with everything that it can write and over the
# tools: the program ends with one line and exit 3, or with the very same answer as ever.  SAMPLES
# of each command: the first hundred allocations a third of them, the others spread evenly.
set -u
program=${1:?usage: tests/memory/run.sh PROGRAM SAMPLES}
samples=${2:?usage: tests/memory/run.sh PROGRAM SAMPLES}
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. tests/checks.sh
case $program in /*) ;; *) program=$PWD/$program ;; esac
scenario=$PWD/scenarios/regenerate/tvs.lua
SOURCE_DATE_EPOCH=0 # the date that a report has on it: the same answer, whenever
export SOURCE_DATE_EPOCH
cd "$scratch" || exit 3
"${CC:-gcc}" -shared -fPIC -O1 -o failing.so "$here/failing.c" || exit 3

# attempt AT COMMAND...: in the folder `here`; what it printed, wrote and answered is in it.
attempt() {
    rm -rf here
    mkdir here
    (
        cd here || exit 9
        fail_at=$1
        shift
        FAIL_AT=$fail_at COUNT_TO=$scratch/count LD_PRELOAD=$scratch/failing.so "$@" \
            >out 2>err </dev/null
        echo "$?" >status
    )
}

# judge AT: that attempt, against the good one in `good`.
judge() {
    if [ "$(cat here/status)" = 3 ] && [ "$(wc -l <here/err)" -eq 1 ] &&
        grep -q '^cucmlab: out of memory (' here/err; then
        return 0
    fi
    diff -r good here >different 2>&1 && return 0
    echo "allocation $1: exit $(cat here/status), and neither one line nor the same answer:"
    head -n 3 here/err
    head -n 12 different
    return 1
}

# sweep COMMAND...: every sample of one command.
sweep() {
    attempt 0 "$@" || return 1
    rm -rf good
    mv here good
    [ "$(cat good/status)" -le 1 ] || { cat good/err; return 1; }
    total=$(cat count)
    at=1 bad=0 tried=0
    early=$((300 / samples + 1)) later=$((total * 3 / (samples * 2) + 1))
    while [ "$at" -le "$total" ]; do
        attempt "$at" "$@"
        judge "$at" || bad=$((bad + 1))
        tried=$((tried + 1))
        [ "$bad" -lt 5 ] || return 1
        if [ "$at" -le 100 ]; then at=$((at + early)); else at=$((at + later)); fi
    done
    echo "note  $tried of $total allocations failed, one at a time" >>"$scratch/notes"
    [ "$bad" -eq 0 ]
}

run() {
    sweep "$program" run "$scenario" --no-cache --set phones=3 --json J --csv C --trace T "$@"
}

run --bytes --dump D >/dev/null
mkdir files
cp "$(find good/D -name "ITL*" | head -n 1)" files/itl
cp good/J files/json
cat >files/axl.xml <<'END'
<?xml version="1.0"?><return><phone uuid="{1}"><name>SEP001122334455</name>
<devicePoolName uuid="{2}">DP</devicePoolName></phone></return>
END
check "run, everything it writes" run --explain SEP001121000001
check "run --bytes --dump" run --bytes --dump D
check "itl show" sweep "$program" itl show "$scratch/files/itl"
check "itl verify" sweep "$program" itl verify "$scratch/files/itl"
check "diff" sweep "$program" diff "$scratch/files/json" "$scratch/files/json"
check "import" sweep "$program" import "$scratch/files/axl.xml" --facts
check "states" sweep "$program" states
check "knobs" sweep "$program" knobs
cat "$scratch/notes"
summary
