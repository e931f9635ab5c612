#!/bin/sh
# Usage: scripts/gen-scenarios-index.sh PROGRAM [--check]
#
# Writes scenarios/README.md, the index of the scenarios that come with the program: what each is
# about and how sure it is, from its header, and what came out of it, from a run at its default
# counts.  With --check writes nothing: exit 1 where the page is stale or a run failed.
set -u
program=${1:?usage: scripts/gen-scenarios-index.sh PROGRAM [--check]}
cd "$(dirname "$0")/.." || exit 2
LC_ALL=C
export LC_ALL
page=scenarios/README.md
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# field NAME FILE: what the header says behind "-- NAME:", on one line, fit for a table.
field() {
    awk -v name="$1" '
    !/^--/ { exit }
    /^-- [a-z]+: / { inside = ($2 == name ":"); sub(/^-- [a-z]+: /, ""); if (inside) text = $0; next }
    inside && /^--   / { sub(/^-- */, ""); text = text " " $0; next }
    { inside = 0 }
    END { gsub(/\|/, "\\|", text); print text }' "$2"
}

title() {
    sed -n '1s/^-- *//p' "$1" | sed 's/|/\\|/g'
}

# The sentence of the verdict.
outcome() {
    "$program" run "$1" --no-what-if --json - 2>"$scratch/err" >"$scratch/json" </dev/null ||
        { echo "$1:" && cat "$scratch/err"; } >&2
    sed -n 's/^[[:space:]]*"text":[[:space:]]*"\(.*\)",\{0,1\}$/\1/p' "$scratch/json" | head -n 1 |
        sed 's/\\"/"/g; s/|/\\|/g'
}

row() {
    text=$(outcome "$1")
    [ -n "$text" ] || return 1
    printf '| [%s](%s) | %s | %s | %s | %s |\n' "$(basename "$1" .lua)" "${1#scenarios/}" \
        "$(title "$1")" "$(field versions "$1")" "$text" "$(field confidence "$1")"
}

generate() {
    cat <<'END'
# The scenarios that come with the program

<!-- Made by scripts/gen-scenarios-index.sh (make docs) from the headers of the scenarios and a run
     of each: edit those. -->

Each is one situation, with an expectation for every outcome, and runs alone: `cucmlab run NAME`, where
the beginning of the name is enough. The column *outcome* is the verdict of a run at the default number
of phones; what happens on the way, and to whom, the report of that run tells. Where sources differ a
scenario runs every reading, so that its outcome is that of all of them together. What its source is
and what it expects stands at the top of each file; the language is in [docs/SCENARIOS.md](../docs/SCENARIOS.md).
END
    area=
    for file in scenarios/*/*.lua; do
        if [ "$(dirname "$file")" != "$area" ]; then
            area=$(dirname "$file")
            printf '\n## %s\n\n| scenario | situation | versions | outcome | sureness |\n' "${area#*/}"
            printf '| --- | --- | --- | --- | --- |\n'
        fi
        row "$file" || return 1
    done
}

case ${2-} in
--check)
    generate >"$scratch/page" && diff -u "$page" "$scratch/page" && exit 0
    echo "run make docs" >&2
    exit 1
    ;;
'')
    generate >"$scratch/page" && cp "$scratch/page" "$page"
    ;;
*)
    sed -n 's/^# \{0,1\}//; 2,6p' "$0" >&2
    exit 2
    ;;
esac
