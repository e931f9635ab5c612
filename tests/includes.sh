#!/bin/sh
# Usage: tests/includes.sh [TREE]
#
# Who may include whom, and which system headers stay in one place.  The two tables are the rule:
# a new folder needs a row, a new arrow a word.  Prints each violation with file and line.
cd "${1:-.}" || exit 2

# folder: the folders (or single headers) that it may include.
arrows='
sim/base:    sim/base
sim/wire:    sim/base sim/wire
sim/crypto:  sim/base sim/crypto
sim/core:    sim/base sim/wire sim/core
sim/bytes:   sim/base sim/wire sim/crypto sim/core sim/text sim/bytes
phones:      sim/base sim/wire sim/core phones
nodes:       sim/base sim/wire sim/core nodes
sim/virt:    sim/base sim/wire sim/crypto sim/core sim/bytes sim/talk sim/capture sim/virt
sim/talk:    sim/base sim/wire sim/core sim/talk
sim/capture: sim/base sim/wire sim/capture
sim/net:     sim/base sim/wire sim/crypto sim/capture sim/net
sim/doctor:  sim/base sim/wire sim/crypto sim/core sim/bytes sim/talk sim/net phones sim/doctor
sim/live:    sim/base sim/wire sim/crypto sim/core sim/bytes sim/talk sim/capture sim/net sim/live
sim/lab:     sim/base sim/wire sim/crypto sim/core sim/bytes sim/virt sim/live phones nodes sim/lab
sim/predict: sim/base sim/wire sim/core sim/lab phones nodes sim/predict
sim/report:  sim/base sim/wire sim/crypto sim/core sim/bytes sim/lab phones nodes sim/predict sim/script sim/inventory sim/capture sim/report
sim/text:    sim/base sim/wire sim/text
sim/inventory: sim/base sim/wire sim/crypto sim/text sim/lab phones sim/inventory
sim/import:  sim/base sim/wire sim/crypto sim/core sim/text sim/inventory sim/import phones nodes
sim/script:  sim/base sim/wire sim/core sim/text sim/lab phones nodes sim/predict sim/inventory sim/script
sim/preflight: sim/base sim/wire sim/core sim/bytes sim/text sim/lab phones nodes sim/predict sim/preflight
sim/cli:     sim/base sim/wire sim/core sim/bytes sim/crypto sim/lab sim/predict sim/report phones nodes sim/cli
sim/session: sim/base sim/capture sim/cli sim/lab sim/live sim/predict sim/report sim/script sim/inventory sim/session
sim/whatif:  sim/base sim/lab sim/predict sim/report sim/script sim/session sim/whatif
sim/plan:    sim/base sim/wire sim/core sim/text sim/lab sim/inventory sim/preflight sim/predict sim/report sim/script sim/session phones nodes sim/plan
sim/load:    sim/base sim/wire sim/crypto sim/talk sim/net phones sim/load
sim/fleet:   sim/base sim/wire sim/core sim/bytes sim/net sim/live sim/lab sim/capture sim/report sim/inventory phones sim/fleet
sim/cmd:     sim/base sim/wire sim/core sim/bytes sim/lab sim/live sim/doctor sim/preflight sim/cli sim/load sim/fleet sim/capture sim/import sim/inventory sim/report sim/script sim/session sim/control sim/whatif sim/plan sim/crypto sim/cmd
sim/control: sim/base sim/wire sim/core sim/talk sim/net sim/live sim/lab sim/predict sim/report sim/script sim/session phones nodes sim/control
sim/main:    sim/base sim/lab sim/cmd
'

# Headers that pure folders share a folder with but must not see.
hidden='
sim/base/sys.h: phones nodes sim/wire sim/core
'

# system header: the only folders that include it.
system='
openssl/:      sim/crypto
libxml/:       sim/text sim/import
archive.h:     sim/import
archive_entry.h: sim/import
lua.h:         sim/script
lauxlib.h:     sim/script
lualib.h:      sim/script
ev.h:          sim/net sim/live sim/load sim/control sim/fleet
sys/socket.h:  sim/net sim/live sim/doctor sim/control sim/fleet
sys/un.h:      sim/live sim/control
netinet/:      sim/net sim/live sim/load sim/fleet
arpa/inet.h:   sim/live
netdb.h:       sim/live sim/doctor sim/load sim/fleet
poll.h:        sim/live
sys/epoll.h:   sim/live
sqlite3.h:     sim/cli
'

# shellcheck disable=SC2016 # a program of awk
find sim phones nodes -name '*.[ch]' 2>/dev/null | sort |
    xargs awk -v arrows="$arrows" -v hidden="$hidden" -v rules="$system" '
function table(text, into,    lines, n, i, at) {
    n = split(text, lines, "\n")
    for (i = 1; i <= n; i++)
        if ((at = index(lines[i], ":")) > 0)
            into[substr(lines[i], 1, at - 1)] = " " substr(lines[i], at + 1) " "
}
# sim/wire/tl.c -> sim/wire; phones/boot.c -> phones; sim/lab.h, sim/lab_act.c -> sim/lab
function folder(path) {
    sub(/\.[ch]$/, "", path)
    sub(/^sim\/lab_[a-z]+$/, "sim/lab", path)
    if (path ~ /^sim\//)
        return match(path, /^sim\/[^\/]*/) ? substr(path, 1, RLENGTH) : path
    sub(/\/.*/, "", path)
    return path
}
function has(list, word) { return index(list, " " word " ") > 0 }
function violation(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; bad = 1 }
BEGIN { table(arrows, allow); table(hidden, hide); table(rules, only) }
FNR == 1 {
    files++
    own = folder(FILENAME)
    if (!(own in allow))
        violation("no row for " own " in tests/includes.sh")
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, part, "\"")
    to = folder(part[2])
    if (part[2] !~ /^(sim|phones|nodes)\//)
        violation("\"" part[2] "\": written from the root of the tree, please")
    else if (own in allow && !has(allow[own], "*") && !has(allow[own], to))
        violation(own " may not include " part[2])
    if (part[2] in hide && has(hide[part[2]], own))
        violation(own " may not include " part[2])
}
/^[ \t]*#[ \t]*include[ \t]*</ {
    split($0, part, /[<>]/)
    for (header in only)
        if ((part[2] == header || (header ~ /\/$/ && index(part[2], header) == 1)) &&
            !has(only[header], own))
            violation(own " may not include <" part[2] ">, only" only[header])
}
END {
    if (files == 0) { print "no source found"; bad = 1 }
    exit bad
}' || exit 1
