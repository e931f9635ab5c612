#!/bin/sh
# SCCP as Wireshark reads it: phones register by it, over TCP and over TLS, send keepalives and leave;
# and a phone that registers by SIP beside them does not.
. tests/live/lib/serve.sh
command -v tshark >/dev/null || fail "no tshark (scripts/deps.sh test)"

cat >"$TEST_DIR/sccp.lua" <<'END'
-- SCCP and SIP, plain and secured; all leave once
-- live = true
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
hq:ctl("mixed-mode")
hq:reset()
hq:phones { count = 4, model = "7965" }
hq:phones { count = 3, model = "7965", security = "encrypted" }
hq:phones { count = 2, model = "8845" }
settle()
step("reset", function() hq:reset() end)
settle()
END

serve "$TEST_DIR/sccp.lua" --pcap "$TEST_DIR/s.pcapng"
until_done
! grep -q FAILED "$TEST_DIR/out" || fail "the scenario does not hold"
stop

# count FILTER: how many messages of that kind Wireshark finds.
count() {
    tshark -r "$TEST_DIR/s.pcapng" -Y "$1" -T fields -e skinny.messageId -e sip.Method 2>"$TEST_DIR/err" |
        wc -l
}
expect() {
    found=$(count "$2")
    [ "$found" -eq "$1" ] || fail "$found of $2, $1 expected"
}
expect 8 'skinny.messageId == 1 && tcp.dstport == 2000'
expect 6 'skinny.messageId == 1 && tcp.dstport == 2443'
expect 8 'skinny.messageId == 129 && tcp.srcport == 2000'
expect 6 'skinny.messageId == 129 && tcp.srcport == 2443'
expect 7 'skinny.messageId == 39'
expect 4 'skinny.messageId == 280 && tcp.srcport == 2000'
expect 14 'skinny.messageId == 16'
expect 4 'sip.Method == "REGISTER" && sip.Expires == 3600'
expect 2 'sip.Method == "REGISTER" && sip.Expires == 0'
expect 0 '_ws.malformed'
tshark -r "$TEST_DIR/s.pcapng" -Y 'skinny.messageId == 1' -V 2>/dev/null | grep -q 'Device Type: 7965' ||
    fail "no 7965 among those that register"
# In virtual time as well, but for what it has not: keepalives and the words of leaving.
"$CUCMLAB" run "$TEST_DIR/sccp.lua" --pcap "$TEST_DIR/s.pcapng" --quiet >"$TEST_DIR/out" 2>&1 ||
    fail "run --pcap"
expect 8 'skinny.messageId == 1 && tcp.dstport == 2000'
expect 6 'skinny.messageId == 1 && tcp.dstport == 2443'
expect 8 'skinny.messageId == 129 && tcp.srcport == 2000'
expect 6 'skinny.messageId == 129 && tcp.srcport == 2443'
expect 14 'skinny.messageId == 16'
expect 4 'sip.Method == "REGISTER" && tcp.dstport == 5060 && sip.Contact contains "10.128."'
expect 0 '_ws.malformed'
ok "tshark: 7 phones register by SCCP over TCP and TLS, leave and come back; 2 by SIP"
