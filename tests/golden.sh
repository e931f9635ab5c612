#!/bin/sh
# Usage: tests/golden.sh PROGRAM [--update]
#
# What every scenario does and says at 3 phones, kept in tests/golden: its trace, and its report
# behind it; those of tests/reports are there for their reports alone.  A change that moves code leaves them byte for byte; one that changes an answer brings
# the difference with it, and says why.  --update writes them anew.
set -u
program=${1:?usage: tests/golden.sh PROGRAM [--update]}
update=${2-}
. tests/checks.sh
# A sanitizer's option must not reach the output.
XDG_CACHE_HOME=${XDG_CACHE_HOME-$scratch/cache}
# The day of the report, and one command line whatever the folders.
SOURCE_DATE_EPOCH=0
export XDG_CACHE_HOME SOURCE_DATE_EPOCH

# made SCENARIO NAME: the file as the program makes it now.
made() {
    timeout -k 10 120 "$program" run "$1" --set phones=3 --no-what-if --trace /dev/fd/3 \
        3>"$scratch/trace" >"$scratch/report" 2>"$scratch/err" </dev/null
    status=$?
    # What stands in scenarios holds; what is reported in tests/reports may not.
    case $1 in scenarios/*) most=0 ;; *) most=1 ;; esac
    [ "$status" -le "$most" ] || {
        grep FAILED "$scratch/report"
        cat "$scratch/err"
        echo "exit $status"
        return 1
    }
    { cat "$scratch/trace" && echo && cat "$scratch/report"; } >"$scratch/$2"
}

same() {
    made "$1" "$2" || return 1
    if [ -n "$update" ]; then
        cp "$scratch/$2" "tests/golden/$2"
    else
        diff "tests/golden/$2" "$scratch/$2"
    fi
}

# The time of a trace never goes back: "1:02:03.000000 ..." as one number a line.
forward() {
    awk '/^hash / { ended = 1; exit }
        { split($1, t, ":"); now = t[1] * 3600 + t[2] * 60 + t[3]
          if (now < last) { print FILENAME ": " $0; exit 1 }
          last = now }
        END { if (!ended) exit 1 }' "tests/golden/$1"
}

# No line of a report is longer than an administrator's screen or mail.
narrow() {
    awk '/^hash / { report = 1; next }
        report && length($0) > 120 { print FILENAME ": " length($0) ": " $0; bad = 1 }
        END { exit bad }' "tests/golden/$1"
}

mkdir -p tests/golden
# name_of SCENARIO: that of its golden, "move-bulk.txt" of scenarios/move/bulk.lua.
name_of() {
    echo "$1" | sed 's,^scenarios/,,; s,^tests/reports/,,; s,/,-,g; s,\.lua$,.txt,'
}

made_by=
for scenario in scenarios/*.lua scenarios/*/*.lua tests/reports/*.lua; do
    case $scenario in *.d.lua | *'*'*) continue ;; esac
    name=$(name_of "$scenario")
    made_by="$made_by $name "
    check "golden $name" same "$scenario" "$name"
    check "golden $name: time goes forward" forward "$name"
    check "golden $name: no line over 120 letters" narrow "$name"
done
for golden in tests/golden/*.txt; do
    case $made_by in
    *" ${golden##*/} "*) ;;
    *) missing "the scenario of $golden" ;;
    esac
done
summary
