#!/bin/sh
# `cucmlab phones` in one process against `cucmlab serve` in another: registered over HTTP and TFTP,
# TVS asked about a new signer, refusals named by their check, rejected phones, and targets that are
# not allowed, not there, or no servers at all.
. tests/live/lib/serve.sh
socket=$TEST_DIR/socket
chmod 700 "$TEST_DIR"
net=127.21
pub=$net.0.11

# phones STATUS OPTION...: what it prints goes to said, its result to result.json.
phones() {
    want=$1
    shift
    "$CUCMLAB" phones "$@" --json "$TEST_DIR/result.json" >"$TEST_DIR/said" 2>"$TEST_DIR/problems" \
        </dev/null
    got=$?
    [ "$got" -eq "$want" ] ||
        fail "phones $*: exit $got, $want expected: $(cat "$TEST_DIR/said" "$TEST_DIR/problems")"
}

says() {
    grep -q "$1" "$TEST_DIR/said" || fail "\"$1\" expected: $(cat "$TEST_DIR/said")"
}

asks() {
    "$CUCMLAB" control "$socket" "$@" >"$TEST_DIR/answer" 2>&1 ||
        fail "control $*: $(cat "$TEST_DIR/answer")"
}

fetch() {
    curl -sS -f -m 5 -o "$TEST_DIR/$1" "http://$pub:6970/$1" || fail "no $1"
}

cat >"$TEST_DIR/fleet.lua" <<'LUA'
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
hq:phones { count = 20, model = "8861" }
hq:phones { count = 4, model = "7965" }
settle()
LUA
for i in $(seq 0 23); do
    printf 'SEP%012X\n' $((0x001121000000 + i))
done >"$TEST_DIR/off"
serve "$TEST_DIR/fleet.lua" --addresses $net.0.0/16 --control "$socket" --off "$TEST_DIR/off" \
    --no-cache
until_done

phones 0 --tftp $pub --count 20 --trace "$TEST_DIR/trace"
says '^Phones *20 of 20 registered'
says "files $pub: .*sent 80"
says "CallManager $pub: registered 20"
grep -q 'SEP001121000013 .*accepted ITL, .*first trust' "$TEST_DIR/trace" || fail "the trace: $(grep accepted "$TEST_DIR/trace" | head -n 3)"
phones 0 --tftp $pub --count 4 --name-from SEP001121000014 --model 7965 --registration short \
    --source $net.9.1-$net.9.4 --csv "$TEST_DIR/result.csv" --explain SEP001121000015
says '^Phones *4 of 4 registered'
says 'SEP001121000015, Cisco 7965, is Registered'
grep -q "^SEP001121000017,7965,registered,$pub,[0-9]*,,,\$" "$TEST_DIR/result.csv" ||
    fail "a row: $(cat "$TEST_DIR/result.csv")"
ok "SIP and SCCP, HTTP and TFTP (port ${tftp_port:?}), held and short"

phones 1 --tftp $pub --count 3 --name-from SEP0011210000AA
says '^Phones *0 of 3 registered, gave up: 3'
says "CallManager $pub: unknown device"
grep -q '"rejected":.*"unknown device"' "$TEST_DIR/result.json" || fail "why is not told"
ok "phones that no database has are rejected, and told so"

fetch ITLFile.tlv
fetch SEP001121000000.cnf.xml.sgn
held="--itl $TEST_DIR/ITLFile.tlv --config $TEST_DIR/SEP001121000000.cnf.xml.sgn"
asks "do" HQ/pub regenerate CallManager
asks "do" HQ/pub restart Cisco Tftp
asks "do" HQ/pub restart Cisco CallManager
sleep 1
# shellcheck disable=SC2086
phones 0 --tftp $pub --count 20 $held
says '^Phones *20 of 20 registered'
says '^TVS *20 phones asked, 20 heard "trusted"'
says "TVS $pub: trusted"
ok "a new signer: each phone asks TVS, which vouches for it"

asks "do" HQ/pub regenerate TVS
asks "do" HQ/pub restart Cisco Trust Verification Service
asks "do" HQ/pub restart Cisco Tftp
sleep 1
# shellcheck disable=SC2086
phones 0 --tftp $pub --count 5 $held --explain SEP001121000002
says 'TVS .*5 phones asked, 0 heard'
says '^Refused *itl, in the box .*: 5 phones (SEP001121000000 first)'
says 'configuration: 5 phones'
says "TVS $pub: certificate-refused"
says 'which is in neither list as TVS, so the phone broke off'
grep -q '"refused":.*\[{' "$TEST_DIR/result.json" || fail "no refusal in the result"
ok "both new: the phones refuse, say by which check, and register with what they hold"
stop

# They stay: the cluster resets them over their connections, and one that stops sends them on.
cat >"$TEST_DIR/two.lua" <<'LUA'
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub", "sub" } }
hq:phones { count = 10, model = "8861" }
hq:phones { count = 10, model = "7965" }
settle()
LUA
serve "$TEST_DIR/two.lua" --addresses $net.0.0/16 --control "$socket" --off "$TEST_DIR/off" \
    --no-cache --access-log "$TEST_DIR/access"
until_done
for model in 8861 7965; do
    first=SEP001121000000
    [ $model = 8861 ] || first=SEP00112100000A
    "$CUCMLAB" phones --tftp $pub --count 10 --model $model --name-from $first --for 12s \
        >"$TEST_DIR/$model.said" 2>"$TEST_DIR/problems" </dev/null &
    eval "fleet$model=$!"
done
# registered N: so many were taken by now.
registered() {
    tries=200
    until [ "$(grep -cE '"SIP REGISTER[^"]*" "200"|"RegisterAck"' "$TEST_DIR/access")" -ge "$1" ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "not $1 registrations: $(tail -n 5 "$TEST_DIR/access")"
        sleep 0.05
    done
}
registered 40 # the lab's own phones were, before they were switched off
asks "do" phones restart
registered 70 # by SIP one takes leave with a REGISTER
asks "do" HQ/pub stop Cisco CallManager
registered 90
# shellcheck disable=SC2154
wait "$fleet8861" && wait "$fleet7965" || fail "a fleet that stayed: $(cat "$TEST_DIR"/*.said)"
grep -q "CallManager $pub: registered 20, closed the connection 10, nobody listens 10" "$TEST_DIR/8861.said" &&
    grep -q "CallManager $net.0.12: registered 10" "$TEST_DIR/7965.said" ||
    fail "where they went: $(cat "$TEST_DIR"/*.said)"
stop
ok "they stay: reset by the cluster, and on to the next CallManager when one stops"

cat >"$TEST_DIR/secure.lua" <<'LUA'
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub" } }
hq:ctl("mixed-mode")
hq.pub:restart("Cisco Tftp", "Cisco CallManager", "Cisco Trust Verification Service")
hq:phones { count = 20, model = "8861", security = "encrypted" }
settle()
LUA
serve "$TEST_DIR/secure.lua" --addresses $net.0.0/16 --off "$TEST_DIR/off" --no-cache
until_done
phones 0 --tftp $pub --count 10 --for 3s --pcap "$TEST_DIR/tls.pcapng"
says '^Phones *10 of 10 registered'
phones 1 --tftp $pub --count 2 --name-from SEP001121000008 --identity 2
says "CallManager $pub: certificate not trusted"
stop
ok "over TLS with their MICs; those of another identity are refused"

phones 1 --tftp $pub --count 2
says "files $pub: nobody listens"
says 'gave up: 2'
ok "nobody listens"

# TLS where HTTP is meant, and nobody behind it: no file, and nothing worse.
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -days 2 -keyout "$TEST_DIR/key" \
    -out "$TEST_DIR/cert" 2>"$TEST_DIR/problems" || fail "openssl: $(cat "$TEST_DIR/problems")"
openssl s_server -accept $net.0.12:6970 -key "$TEST_DIR/key" -cert "$TEST_DIR/cert" -quiet \
    >/dev/null 2>&1 </dev/null &
pid=$!
tries=100
until ss -ltn | grep -q "$net.0.12:6970"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "no openssl s_server"
    sleep 0.05
done
phones 1 --tftp $net.0.12 --count 3 --within 2s # a phone waits 20 s for a file
says '^Phones *0 of 3 registered, boots: 3'
kill "$pid" && wait "$pid" 2>/dev/null
pid=
ok "a server that speaks something else"

# Its configuration names a CallManager that is not this machine's.
sed "s/$pub/192.0.2.1/g" "$TEST_DIR/SEP001121000000.cnf.xml.sgn" | sed '1,/^<?xml/s/^.*<?xml/<?xml/' \
    >"$TEST_DIR/plain.xml"
sed -n '/<device/,$p' "$TEST_DIR/plain.xml" >"$TEST_DIR/remote.xml"
phones 1 --tftp $pub --count 1 --config "$TEST_DIR/remote.xml" --within 2s --pcap "$TEST_DIR/x.pcapng"
says 'Phones *0 of 1 registered'
if command -v tshark >/dev/null; then
    tshark -r "$TEST_DIR/x.pcapng" -Y 'ip.addr == 192.0.2.1 && (tcp || udp)' 2>/dev/null |
        grep -q . && fail "192.0.2.1 was asked"
fi
ok "a configuration sends nobody out of this machine"

phones 2 --tftp 192.0.2.1 --count 1
grep -q 'allow-remote 192.0.2.1 allows it' "$TEST_DIR/problems" || fail "$(cat "$TEST_DIR/problems")"
phones 2 --tftp 192.0.2.1 --count 1 --allow-remote
phones 2 --tftp 192.0.2.1 --count 1 --allow-remote 192.0.2.2
phones 2 --tftp $pub --count 1 nix
phones 2 --tftp $pub,$pub,$pub
phones 2 --tftp $pub:6001,$pub:6002 --count 1
grep -q 'both are one server' "$TEST_DIR/problems" || fail "$(cat "$TEST_DIR/problems")"
phones 2 --tftp $pub --count 3 --name-from SEPFFFFFFFFFFFE
phones 2 --tftp $pub --count 1 --source 192.0.2.1
grep -q -e '--source 192.0.2.1: ' "$TEST_DIR/problems" || fail "$(cat "$TEST_DIR/problems")"
phones 2 --tftp $pub --count 1 --explain SEP0011210000FF
grep -q 'the fleet has no phone "SEP0011210000FF"' "$TEST_DIR/problems" ||
    fail "who is not there: $(cat "$TEST_DIR/problems")"
[ -s "$TEST_DIR/said" ] && fail "it was told after the run: $(cat "$TEST_DIR/said")"
phones 2 --count 1
phones 2 --tftp $pub --model nix
phones 2 --tftp $pub --itl "$TEST_DIR/off"
prlimit --nofile=600:600 "$CUCMLAB" phones --tftp $pub --count 5000 >"$TEST_DIR/said" 2>&1
[ $? -eq 2 ] || fail "600 open files: exit 2 expected"
says 'needs [0-9]* open files (256 phones at once), the limit is 600'
ok "targets that are not allowed, wrong use, and too few open files are refused with 2"
