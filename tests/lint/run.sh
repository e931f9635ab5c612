#!/bin/sh
# Usage: tests/lint/run.sh BUILDS
#
# What `make lint` checks; BUILDS is the folder of the build folders (build).
set -u
builds=${1:?usage: tests/lint/run.sh BUILDS}
. tests/checks.sh

folders=
for folder in sim phones nodes tests; do
    [ -z "$(find "$folder" -name '*.[ch]' -print -quit 2>/dev/null)" ] || folders="$folders $folder"
done
# shellcheck disable=SC2086
sources=$(find $folders -name '*.[ch]' | sort)

formatted() {
    echo "$sources" | xargs clang-format --dry-run -Werror
}

analysed() {
    mkdir -p "$builds/cppcheck" || return 1
    # shellcheck disable=SC2086
    cppcheck -q -j "$(nproc)" --std=c11 --enable=warning,portability,performance \
        --inline-suppr --error-exitcode=1 --cppcheck-build-dir="$builds/cppcheck" \
        --suppress=missingIncludeSystem -D_GNU_SOURCE -I. $folders
}

banned() {
    echo "$sources" | xargs awk -f tests/lint/banned.awk tests/lint/banned.txt
}

sized() {
    echo "$sources" | xargs awk -f tests/lint/lengths.awk
}

shells() {
    find scripts tests .ci -name '*.sh' -o -path .ci/run -o -name '*.bash' | sort |
        xargs shellcheck -S warning -e SC1091
}

manual() {
    LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z docs/cucmlab.1 2>&1 >/dev/null |
        awk '{ print; bad = 1 } END { exit bad }'
}

check "clang-format" formatted
check "cppcheck" analysed
check "banned functions" banned
check "lengths of functions and files" sized
[ ! -s "$scratch/log" ] || cat "$scratch/log"
check "shellcheck" shells
check "man page" manual
check "build with clang" make -s CC=clang SAN= O=-O2 WERROR=1 B="$builds/clang" objects
summary
