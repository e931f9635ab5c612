#!/bin/sh
# Usage: scripts/gen-kinds-doc.sh PROGRAM [--check]
#
# Puts the table of kinds that `PROGRAM import --kinds` prints into docs/IMPORT.md, between its two
# marks.  With --check writes nothing: exit 1 where the page is stale.
set -u
program=${1:?usage: scripts/gen-kinds-doc.sh PROGRAM [--check]}
cd "$(dirname "$0")/.." || exit 2
page=docs/IMPORT.md
new=$(mktemp) || exit 2
trap 'rm -f "$new" "$new.kinds"' EXIT

"$program" import --kinds >"$new.kinds" || exit 1
awk -v kinds="$new.kinds" '
/^<!-- kinds: begin/ { print; while ((getline line < kinds) > 0) print line; inside = 1; marks++ }
/^<!-- kinds: end/ { inside = 0; marks++ }
!inside && !/^<!-- kinds: begin/ { print }
END { exit marks != 2 }' "$page" >"$new" || {
    echo "$page: its two marks are not there"
    exit 1
}
if [ "${2-}" = --check ]; then
    cmp -s "$new" "$page" || {
        echo "$page is stale: make docs"
        exit 1
    }
else
    cat "$new" >"$page"
fi
