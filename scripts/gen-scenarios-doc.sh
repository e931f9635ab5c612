#!/bin/sh
# Usage: scripts/gen-scenarios-doc.sh PROGRAM [--check]
#
# Writes docs/SCENARIOS.md from the comments beside the C functions of the scenario language
# ("/*# section", "/*: signature" in sim/script) and from the table of acts that PROGRAM prints, which
# makes the end of scenarios/cucmlab.d.lua as well.  With --check writes nothing: exit 1 where the
# page or the types are stale, where a function that scenarios can call has no comment, or where
# scenarios/cucmlab.d.lua does not know it.
set -u
program=${1:?usage: scripts/gen-scenarios-doc.sh PROGRAM [--check]}
cd "$(dirname "$0")/.." || exit 2
LC_ALL=C
export LC_ALL
page=docs/SCENARIOS.md
types=scenarios/cucmlab.d.lua
objects='sim/script/verbs.c sim/script/admin.c sim/script/certificate.c sim/script/fleet.c
    sim/script/lookup.c sim/script/found.c'
lua='sim/script/expect.c sim/script/sandbox.c'

# language FILE...: the comments of these.
language() {
    awk '
    function text(line) { sub(/^ \*  ?/, "", line); sub(/^ \*$/, "", line); return line }
    /^\/\*# / { sub(/^\/\*# /, ""); print "\n## " $0; inside = 1; next }
    /^\/\*: / { sub(/^\/\*: /, ""); print "\n### `" $0 "`"; inside = 1; next }
    inside && /^ \*\/$/ { inside = 0; next }
    inside { print text($0) }
    ' "$@"
}

# What is written by hand, down to the line "-- Acts:", and the acts behind it.
types() {
    sed '/^-- Acts: /q' "$types" && echo && "$program" acts --types
}

generate() {
    cat <<'END'
# Scenarios

<!-- Made by scripts/gen-scenarios-doc.sh from the comments in sim/script and the table in
     nodes/acts.h: edit those. -->

A scenario is a Lua file that builds clusters and fleets, says what an administrator does, and what
must come out. `cucmlab run FILE` runs it in virtual time. Those that come with the program stand in
[scenarios/README.md](../scenarios/README.md), with what came out of each.

```lua
-- Regenerate CallManager on one node.
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 1000), model = "7965" }
settle()                                   -- everything boots and goes quiet

step("regenerate", function()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
end)
settle()
step("reset the phones", function() fleet:reset() end)
settle()

expect(fleet:count { needs_hands = true }):equals(0)
```

The comment at the top of a scenario is its header: the first line is what `cucmlab list` shows,
then come `-- why:`, `-- expected:`, `-- versions:`, `-- source:`, `-- confidence:`, each going on in
lines that begin with `--` and three spaces, and `-- live = true` where it can run on real sockets.

An error in a scenario stops it with one line and exit code 2:
`scenario.lua:12: regenerate: no certificate "CallManger" (one of CallManager, ...)`.
END
    # shellcheck disable=SC2086
    language $objects
    "$program" acts || return 1
    # shellcheck disable=SC2086
    language $lua
}

# Functions in tables of luaL_Reg without a comment above, and documented names that the editor's
# types do not have.
covered() {
    # shellcheck disable=SC2086
    awk '
    FILENAME == ARGV[1] {
        if ($1 == "function") {
            name = $2
            sub(/\(.*/, "", name)
            sub(/.*[.:]/, "", name)
            typed[name] = 1
        }
        next
    }
    /^\/\*: / { signature = $0; sub(/^\/\*: /, "", signature); pending = 1 }
    /^static int [a-z_]+\(lua_State \*L\)/ {
        name = $3
        sub(/\(.*/, "", name)
        if (pending) documented[name] = 1
        pending = 0
    }
    /^}/ { pending = 0 }
    /luaL_Reg/ { table = 1 }
    table {
        line = $0
        while (match(line, /\{ "[^"]+", [a-z_]+ \}/)) {
            entry = substr(line, RSTART, RLENGTH)
            line = substr(line, RSTART + RLENGTH)
            split(entry, part, /[", }]+/)
            if (part[2] !~ /^__/) { entries++; name_of[part[3]] = part[2] }
        }
    }
    table && /};/ { table = 0 }
    END {
        for (f in name_of) {
            if (!(f in documented)) { print f " (" name_of[f] "): no comment /*: ... */ above it"; bad = 1 }
            if (!(name_of[f] in typed)) { print name_of[f] ": not in " ARGV[1]; bad = 1 }
        }
        if (entries < 25) { print "only " entries + 0 " functions found: the tables have changed their form"; bad = 1 }
        exit bad
    }' "$types" $objects $lua
}

case ${2-} in
--check)
    status=0
    generate | diff -u "$page" - || status=1
    types | diff -u "$types" - || status=1
    covered || status=1
    [ "$status" -eq 0 ] || echo "run make docs" >&2
    exit "$status"
    ;;
'')
    generate >"$page.new" && mv "$page.new" "$page"
    types >"$types.new" && mv "$types.new" "$types"
    ;;
*)
    sed -n 's/^# \{0,1\}//; 2,8p' "$0" >&2
    exit 2
    ;;
esac
