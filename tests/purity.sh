#!/bin/sh
# Usage: tests/purity.sh COMPILER BUILD
#
# The machines are pure: built plainly at -O2 by COMPILER into the folder BUILD and linked into one
# object, they may need nothing from outside but the names below, and own no writable data.  So a
# phone cannot read a clock, open a socket or allocate, and a copy of its struct is all of it.
set -u
compiler=${1:?usage: tests/purity.sh COMPILER BUILD}
build=${2:?usage: tests/purity.sh COMPILER BUILD}
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

# Names that may stay undefined, one expression a line.
allowed='mem(chr|cmp|cpy|mem|move|rchr|set|pcpy|ccpy)
str(len|nlen|cmp|ncmp|chr|rchr|chrnul|str|spn|cspn|pbrk|cpy|ncpy|casecmp|ncasecmp|sep)
stp(cpy|ncpy)
rawmemchr|bcmp
v?snprintf
check_failed
__stack_chk_fail|__[a-z]+_chk
__popcount[a-z0-9]*|__(u?div|u?mod|mul|ashl|ashr|lshr)ti[34]|__udivmodti4
_GLOBAL_OFFSET_TABLE_'

bad=0
for folder in phones nodes sim/talk sim/wire sim/core sim/base; do
    set -- "$folder"/*.c
    if [ ! -e "$1" ]; then
        echo "$folder: no source there"
        bad=1
    fi
done

make -s CC="$compiler" SAN= O=-O2 B="$build" "$build/pure.o" || exit 1

pattern=$(echo "$allowed" | paste -sd '|')
for name in $(nm -u "$build/pure.o" | awk '{ print $2 }' | grep -Evx "$pattern"); do
    bad=1
    echo "$name is called by:"
    find "$build/phones" "$build/nodes" "$build/sim" -name '*.o' -exec nm -A -u {} + |
        awk -v name="$name" '$NF == name { print "  " $1 }'
done

# Constant tables of pointers are in .data.rel.ro, which is no writable data once it is loaded.
for name in $(objdump -t "$build/pure.o" |
    awk '$0 ~ / O / && ($0 ~ / \.data(\.[^r]|\t)/ || $0 ~ / \.bss/) { print $NF }'); do
    bad=1
    echo "writable data: $name"
done
exit "$bad"
