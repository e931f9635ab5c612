# shellcheck shell=sh
# Sourced behind serve.sh: a capture, $pcap, as tshark reads it with the dissectors.
#
#   shown FILTER OPTION...   the packets that the filter takes
#   count FILTER             how many; some, none: at least one, not one
#   sound                    no malformed packet, all checksums good
command -v tshark >/dev/null || fail "no tshark (scripts/deps.sh test)"
pcap=$TEST_DIR/x.pcapng
lua=$PWD/docs/wireshark/cucmlab.lua

# Packets that a filter takes: `shown FILTER FIELD...` prints the fields; `count FILTER` how many.
shown() {
    filter=$1
    shift
    tshark -X "lua_script:$lua" -r "$pcap" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -o udp.check_checksum:TRUE -Y "$filter" "$@" 2>"$TEST_DIR/err" ||
        fail "tshark cannot read it: $filter"
}
count() {
    shown "$1" | wc -l
}
some() {
    shown "$1" >"$TEST_DIR/packets" # not in a subshell: a failure ends the test
    [ -s "$TEST_DIR/packets" ] || fail "no packet: $1"
}
none() {
    shown "$1" >"$TEST_DIR/packets"
    [ ! -s "$TEST_DIR/packets" ] || fail "$(head -n 3 "$TEST_DIR/packets")"
}
sound() {
    none '_ws.malformed || _ws.lua.error || tvs.bad || tcp.analysis.flags || ip.checksum.status == Bad ||
          tcp.checksum.status == Bad || udp.checksum.status == Bad'
    some 'ip.checksum.status == Good && tcp.checksum.status == Good'
    some 'udp.checksum.status == Good'
}
