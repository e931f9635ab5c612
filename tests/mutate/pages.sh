#!/bin/sh
# Usage: tests/mutate/pages.sh PROGRAM
#
# Are the pages made from the program's tables still what it prints?  As in tests/run.sh.
status=0
for page in scripts/gen-*-doc.sh; do
    "$page" "$1" --check || status=1
done
exit "$status"
