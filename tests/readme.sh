#!/bin/sh
# Usage: tests/readme.sh PROGRAM FILE...
#
# What a page shows is what the program prints: every block behind a line
#     <!-- cucmlab ARGUMENTS -->
# must be the output of the program with these arguments; a line "[...]" stands for any lines.
set -u
program=${1:?usage: tests/readme.sh PROGRAM FILE...}
shift
SOURCE_DATE_EPOCH=1767225600 # 2026-01-01, the day of the reports in these pages
export SOURCE_DATE_EPOCH
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT

# matches BLOCK OUTPUT: the parts of the block, split at "[...]", stand in the output in order.
matches() {
    awk -v output="$2" '
    BEGIN {
        parts = 0 # a number: the first part is part[0], not part[""]
        while ((getline line < output) > 0)
            text = text line "\n"
    }
    $0 == "[...]" { parts++; next }
    { part[parts] = part[parts] $0 "\n" }
    END {
        for (i = 0; i <= parts; i++) {
            if (part[i] == "")
                continue
            at = index(text, part[i])
            if (at == 0) {
                print "not printed (any more):"
                print part[i]
                exit 1
            }
            text = substr(text, at + length(part[i]))
        }
    }' "$1"
}

bad=0
shown=0
for page in "$@"; do
    awk -v dir="$scratch" '
    /^<!-- cucmlab .* -->$/ { n++; sub(/^<!-- cucmlab /, ""); sub(/ -->$/, "");
        print > (dir "/" n ".args"); wait = 1; next }
    wait && /^```/ { wait = 0; inside = 1; next }
    inside && /^```/ { inside = 0; next }
    inside && !/^\$ / { print > (dir "/" n ".block") }' "$page"
    for args in "$scratch"/*.args; do
        [ -e "$args" ] || continue
        block=${args%.args}.block
        # shellcheck disable=SC2046
        "$program" $(cat "$args") >"$scratch/output" 2>&1 </dev/null
        if ! matches "$block" "$scratch/output"; then
            echo "$page: cucmlab $(cat "$args")"
            bad=1
        fi
        shown=$((shown + 1))
        rm -f "$args" "$block"
    done
done
[ "$shown" -gt 0 ] || { echo "no page shows any output"; bad=1; }
exit "$bad"
