#!/bin/sh
# Usage: scripts/gen-states-doc.sh PROGRAM [--check]
#
# Writes docs/STATES.md from the table of states that PROGRAM prints, and its picture with graphviz.
# With --check writes nothing: exit 1 where the page is stale.
set -u
program=${1:?usage: scripts/gen-states-doc.sh PROGRAM [--check]}
cd "$(dirname "$0")/.." || exit 2
page=docs/STATES.md

page() {
    cat <<'END'
# States of a phone

<!-- Made by scripts/gen-states-doc.sh (make docs) from the table in phones/phone.c: edit that. -->

Names are those that the report and the trace print. *Takes* are the events that a state handles; power, reset and *delete trust lists* it takes
everywhere. *Timer* is the knob that sets its deadline.

![States of a phone](states.svg)

END
    "$program" states
}

if [ "${2-}" = --check ]; then
    page | cmp -s - "$page" || { echo "$page is stale: make docs"; exit 1; }
else
    page >"$page"
    # Every state goes to Off and Starting; the picture is readable without these.
    "$program" states --dot | grep -Ev -e '-> "(Off|Starting)"' | dot -Tsvg >docs/states.svg
fi
