#!/bin/sh
# Every socket of the program is bound inside 127.0.0.0/8, at any time from the first phone's boot:
# its inodes from /proc/PID/fd, sought in /proc/net.
. tests/live/lib/serve.sh

# bound_outside: prints the sockets of $pid that are bound elsewhere; counts all in $seen.
# The program stands still meanwhile: a phone's socket lives for a millisecond.
bound_outside() {
    kill -STOP "$pid"
    inodes=$(find "/proc/$pid/fd" -printf '%l\n' 2>/dev/null | sed -n 's/^socket:\[\(.*\)\]$/\1/p')
    tables=$(cat "/proc/$pid/net/tcp" "/proc/$pid/net/tcp6" "/proc/$pid/net/udp" "/proc/$pid/net/udp6")
    kill -CONT "$pid"
    echo "$tables" | awk -v inodes="$inodes" -v count="$TEST_DIR/seen" '
        BEGIN { n = split(inodes, list, "\n"); for (i = 1; i <= n; i++) mine[list[i]] = 1 }
        $10 in mine {
            seen++
            # 0B00007F:1B3A: the last byte of the address comes first
            if ($2 !~ /^[0-9A-F]+7F:/ || length($2) != 13)
                print $2
        }
        END { print seen + 0 >>count }'
}

: >"$TEST_DIR/seen"
serve scenarios/regenerate/both-one-node.lua --set phones=400 --metrics 19852
while ! grep -q '^scenario done' "$TEST_DIR/out"; do
    outside=$(bound_outside)
    [ -z "$outside" ] || fail "bound to $outside"
    kill -0 "$pid" 2>/dev/null || fail "ended early"
    sleep 0.02 # it must get on: phones that find it standing still too often give up
done
outside=$(bound_outside)
[ -z "$outside" ] || fail "bound to $outside"
most=$(sort -n "$TEST_DIR/seen" | tail -n 1)
last=$(tail -n 1 "$TEST_DIR/seen")
[ "$last" -ge 6 ] || fail "only $last sockets found: not all listeners"
[ "$most" -gt 6 ] || fail "no phone's socket was ever seen"
ok "$(wc -l <"$TEST_DIR/seen") looks, up to $most sockets, all in 127.0.0.0/8"
stop
