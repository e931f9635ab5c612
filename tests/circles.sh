#!/bin/sh
# Usage: tests/circles.sh BUILD FOLDER...
#
# The files of a folder call each other in one direction only: what one file needs of another, by
# the names in the objects that BUILD holds, makes no circle.  Prints the files of each circle.
set -u
build=${1:?usage: tests/circles.sh BUILD FOLDER...}
shift

# "caller callee" for each file of the folder that needs a name which another one has.
calls() {
    nm -A "$build/$1"/*.o 2>/dev/null | awk '
    {
        split($1, at, ":")
        sub(/.*\//, "", at[1])
        if ($(NF - 1) == "U") needs[at[1] " " $NF]
        else if ($(NF - 1) ~ /[TDBRV]/) home[$NF] = at[1]
        files[at[1]]
    }
    END {
        for (f in files) print f, f # on its own it is no circle
        for (n in needs) {
            split(n, part, " ")
            if (part[2] in home && home[part[2]] != part[1]) print part[1], home[part[2]]
        }
    }'
}

bad=0
for folder in "$@"; do
    edges=$(calls "$folder")
    if [ -z "$edges" ]; then
        echo "$folder: no objects of it in $build"
        bad=1
    elif ! echo "$edges" | tsort 2>&1 >/dev/null | sed "s|^tsort: |$folder: |" | awk '
        { print } END { exit NR > 0 }'; then
        bad=1
    fi
done
exit "$bad"
