#!/bin/sh
# `serve --pcap` as tshark reads it: TFTP on port 69, TVS with its certificate and its messages in
# the clear, a refusal; no malformed packet, all checksums good.  A reader of the pipe sees packets
# while it runs.
. tests/live/lib/serve.sh
. tests/live/lib/tshark.sh

# CallManager is regenerated: each phone asks TVS about the signer of its new ITL.
# TVS is on threads of its own, which share the capture.
serve scenarios/regenerate/callmanager.lua --set phones=3 --tvs-workers 2 --pcap "$pcap"
until_done
serial=$(openssl s_client -connect 127.0.0.11:2445 </dev/null 2>/dev/null |
    openssl x509 -noout -serial | sed 's/serial=0*//')
[ -n "$serial" ] || fail "TVS shows no certificate"
curl -sS -f -o "$TEST_DIR/itl" http://127.0.0.11:6970/ITLFile.tlv || fail "curl http"
curl -sS -f -o "$TEST_DIR/itl" "tftp://127.0.0.11:$tftp_port/ITLFile.tlv" || fail "curl tftp"
curl -sS -o "$TEST_DIR/page" http://127.0.0.11:7/ 2>/dev/null
stop
sound

some 'tftp.opcode == 1 && udp.dstport == 69 && tftp.source_file == "ITLSEP001121000000.tlv"'
[ "$(count 'tftp.opcode == 1 && tftp.source_file == "ITLFile.tlv"')" -eq 1 ] ||
    fail "curl's request is not there once"
some 'http.request.uri == "/ITLFile.tlv" && tcp.dstport == 6970'
shown 'tls.handshake.type == 11 && tcp.srcport == 2445' -T fields -e x509af.serialNumber |
    tr -d ':\n' | tr a-f A-F | grep -q "$serial" || fail "no serial number $serial in a handshake"
# Opened by the secrets inside: each phone asks about the same signer, and is told.
[ "$(count 'tvs.type == 3 && tvs.device contains "-SEP00112100000"')" -ge 3 ] || fail "no question"
[ "$(count 'tvs.type == 4 && tvs.status == 0 && tvs.role == 0 && tvs.ttl == 86400')" -ge 3 ] ||
    fail "no answer"
# A list of several blocks, whole, and the same by HTTP.
some 'tftp && trustlist.file == "ITLFile.tlv" && trustlist.role == 21 && trustlist.role == 3'
some 'http && trustlist.file == "ITLFile.tlv" && trustlist.role == 21'
some 'tftp && trustlist.version == 0x0100 && trustlist.file contains ".cnf.xml.sgn"'
some 'frame.comment == "SEP001121000000: asks a TVS"'
each=$(shown 'tcp.flags.syn == 1 && tcp.flags.ack == 0' -T fields -e tcp.stream | sort | uniq -d)
[ -z "$each" ] || fail "connections written twice: $each"
twice=$(shown 'udp && !icmp' -T fields -e udp.stream -e tftp.opcode -e tftp.block -e ip.src |
    awk '$2 == 3' | sort | uniq -d)
[ -z "$twice" ] || fail "blocks written twice: $twice"
ok "TFTP, HTTP and TVS, from phones and from outside, in the clear and sound"

# Without the secrets nothing is in the clear.
some tvs
editcap --discard-all-secrets "$pcap" "$TEST_DIR/closed.pcapng" 2>"$TEST_DIR/err" || fail editcap
pcap=$TEST_DIR/closed.pcapng
none tvs
pcap=$TEST_DIR/x.pcapng
ok "without its secrets a capture is closed"

# Both certificates at once: no phone trusts TVS any more.
serve scenarios/regenerate/both-one-node.lua --set phones=3 --pcap "$pcap"
until_done
stop
sound
some 'tls.alert_message.desc == 48 && tcp.dstport == 2445 && frame.comment contains "does not trust"'
some 'syslog && frame.comment contains "which is in neither list as TVS, so the phone broke off"'
some 'syslog.msg contains "HQ/pub: regenerate CallManager"'
ok "a phone refuses TVS: unknown CA, and says why"

# Somebody reads along: the first packets are there before the program ends.
mkfifo "$TEST_DIR/pipe"
tshark -i - -l -Y 'tftp.opcode == 1' <"$TEST_DIR/pipe" >"$TEST_DIR/seen" 2>"$TEST_DIR/err" &
reader=$!
serve scenarios/fleet/first-boot.lua --set phones=3 --pcap "$TEST_DIR/pipe"
tries=400
while ! grep -q 'Read Request' "$TEST_DIR/seen"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "nothing was seen before the end"
    sleep 0.05
done
stop
wait "$reader" || fail "tshark: exit $?"
ok "a pipe to Wireshark has packets at once"

"$CUCMLAB" serve scenarios/fleet/first-boot.lua --set phones=3 --pcap /no/such/folder/x \
    >"$TEST_DIR/out" 2>"$TEST_DIR/err"
[ $? -eq 2 ] || fail "a file that cannot be written"
grep -q '^cucmlab: --pcap: /no/such/folder/x: No such file or directory$' "$TEST_DIR/err" ||
    fail "no reason why it cannot be written"
: >"$TEST_DIR/out"
"$CUCMLAB" serve scenarios/fleet/first-boot.lua --set phones=3 --pcap /dev/full \
    >"$TEST_DIR/out" 2>"$TEST_DIR/err" &
pid=$!
until_line ready 60
until_done
grep -q '^cucmlab: /dev/full: No space left on device; it has no packets from here on$' "$TEST_DIR/err" ||
    fail "a full disk is not told while it serves"
kill -TERM "$pid"
wait "$pid"
[ $? -eq 2 ] || fail "a full disk is no error"
pid=
grep -q 'could not write all packets: No space left on device' "$TEST_DIR/err" ||
    fail "a full disk is not told"
ok "a file that cannot be written, a full disk"
