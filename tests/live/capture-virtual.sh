#!/bin/sh
# `run --pcap` as tshark reads it: packets of virtual time, TVS, CAPF and SIP in the clear, a
# refusal; the run is the one without.
. tests/live/lib/serve.sh
. tests/live/lib/tshark.sh

# Virtual time: the same, at the times of the model; the run is the one without.
virtual() {
    "$CUCMLAB" run "$1" --set phones=3 --trace "$TEST_DIR/with" --pcap "$pcap" --quiet \
        >"$TEST_DIR/out" 2>"$TEST_DIR/err" || [ $? -eq 1 ] || fail "run --pcap $1"
    "$CUCMLAB" run "$1" --set phones=3 --trace "$TEST_DIR/without" --quiet >"$TEST_DIR/out" 2>&1
    cmp "$TEST_DIR/with" "$TEST_DIR/without" >"$TEST_DIR/err" 2>&1 || fail "$1: another run"
    sound
}
virtual scenarios/regenerate/callmanager.lua
[ "$(count 'tvs.type == 3')" -eq 3 ] && [ "$(count 'tvs.status == 0')" -eq 3 ] ||
    fail "not one question and answer of TVS each"
some 'tftp.opcode == 1 && udp.dstport == 69 && tftp.source_file == "ITLSEP001121000000.tlv"'
some 'tftp && trustlist.file == "ITLFile.tlv" && trustlist.role == 21'
# These phones speak SCCP: each registers twice, and is asked what it can.
[ "$(count 'skinny.messageId == 1 && tcp.dstport == 2000')" -eq 6 ] &&
    [ "$(count 'skinny.messageId == 129 && tcp.srcport == 2000')" -eq 6 ] &&
    [ "$(count 'skinny.messageId == 16 && tcp.dstport == 2000')" -eq 6 ] || fail "not two registrations each"
none sip
some 'frame.time_epoch >= 1736143200 && frame.time_epoch < 1736150000 && tvs' # 2025-01-06
shown tvs -N n -T fields -e ip.src_host | grep -q SEP001121000000 || fail "no name of a phone"
virtual scenarios/regenerate/both-one-node.lua
[ "$(count 'tls.alert_message.desc == 48 && frame.comment contains "does not trust"')" -ge 3 ] ||
    fail "no phone refuses TVS"
[ "$(count 'syslog && frame.comment contains "it keeps the ITL that it has"')" -eq 3 ] ||
    fail "not one reason each"
some 'syslog.msg contains "step 2: reset the phones"'
virtual scenarios/capf/lsc-renewed-in-time.lua
some 'capf.type == 9 && tcp.srcport == 3804'
some 'capf.type == 2 && capf.device contains "SEP"'
some 'sip.Status-Code == 200 && tcp.srcport == 5061' # clear, from within TLS
cat >"$TEST_DIR/refused.lua" <<'END'
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 1), model = "7965" }
settle()
hq.pub:stop("Cisco Tftp")
fleet:power("off")
fleet:power("on")
settle()
END
virtual "$TEST_DIR/refused.lua"
some 'icmp.type == 3 && icmp.code == 3 && icmp.checksum.status == 1 && udp.dstport == 69 && tftp.opcode == 1'
# The report repeats the run with facts turned: none of that is in the capture, which is the same
# but for what TLS draws.
"$CUCMLAB" run scenarios/regenerate/callmanager.lua --set phones=3 --what-if --pcap - \
    >"$TEST_DIR/one.pcapng" 2>"$TEST_DIR/words" || fail "run --pcap -"
grep -q '^VERDICT' "$TEST_DIR/words" || fail "the report is not on standard error"
"$CUCMLAB" run scenarios/regenerate/callmanager.lua --set phones=3 --quiet \
    --pcap "$TEST_DIR/two.pcapng" >"$TEST_DIR/out" 2>&1
for which in one two; do
    pcap=$TEST_DIR/$which.pcapng
    shown frame -t e -N n >"$TEST_DIR/$which"
done
cmp "$TEST_DIR/one" "$TEST_DIR/two" >"$TEST_DIR/err" 2>&1 || fail "another capture behind --what-if"
ok "virtual time: TFTP, TVS, SIP, CAPF, a refusal, and the run as it was"
