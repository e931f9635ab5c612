#!/bin/sh
# A central TFTP as curl, tftp and Wireshark see it: the bytes of the remote cluster by HTTP, HTTPS and
# TFTP, what the nodes say to each other, in the access log and in a capture, and the bytes of a cluster in
# another process, each phone's its own.
. tests/live/lib/serve.sh
command -v tshark >/dev/null || fail "no tshark (scripts/deps.sh test)"
log=$TEST_DIR/access.log
chmod 700 "$TEST_DIR"

cat >"$TEST_DIR/central.lua" <<'END'
-- A central TFTP, a remote cluster of two nodes whose first one is cut off, an encrypted file
-- live = true
local hq = cluster { name = "Central", version = "12.5", nodes = { "hq" } }
local west = cluster { name = "West", version = "12.5", nodes = { "w1", "w2" } }
hq:set("remote_timeout_us", "300ms")
west:ctl("mixed-mode")
west:reset()
hq:add_remote_tftp { tftp = { west.w1, west.w2 } }
local fleet = west:phones { count = 2, model = "8861", security = "encrypted", encrypted = true }
settle()
west.w1:link { down = true }
step("cut off", function() end)
END

serve "$TEST_DIR/central.lua" --addresses 127.43.0.0/16 --access-log "$log" --pcap "$TEST_DIR/c.pcapng" \
    --control "$TEST_DIR/lab"
until_done
hq=127.43.0.11 w2=127.43.1.12
phone=$(grep -o 'SEP[0-9A-F]*' "$log" | head -n 1)
port=$(grep -o 'TFTP [0-9]*' "$TEST_DIR/out" | head -n 1 | cut -d ' ' -f 2)

# same NAME: the bytes of both are the same by HTTP, and from the central one by TFTP.
same() {
    curl -sS -f -o "$TEST_DIR/remote" "http://$w2:6970/$1" || fail "$1 of w2"
    curl -sS -f -o "$TEST_DIR/http" "http://$hq:6970/$1" || fail "$1 of hq by HTTP"
    (cd "$TEST_DIR" && tftp -m binary "$hq" "$port" -c get "$1" >/dev/null 2>&1) || fail "$1 of hq by TFTP"
    cmp "$TEST_DIR/remote" "$TEST_DIR/http" || fail "$1 differs by HTTP"
    cmp "$TEST_DIR/remote" "$TEST_DIR/$1" || fail "$1 differs by TFTP"
}
same "ITL$phone.tlv"
same "$phone.cnf.xml.sgn"
same "$phone.cnf.xml.enc.sgn"
curl -sS -f -o "$TEST_DIR/remote" "http://$w2:6970/$phone.cnf.xml" || fail "plain file of w2"
curl -sS -f -k -o "$TEST_DIR/https" "https://$hq:6972/$phone.cnf.xml.sgn" || fail "HTTPS of hq"
cmp "$TEST_DIR/remote" "$TEST_DIR/https" || fail "the plain file differs by HTTPS"
ok "a list, a signed and an encrypted file: the bytes of the remote cluster, by HTTP, HTTPS and TFTP"

code=$(curl -sS -o /dev/null -w '%{http_code}' "http://$hq:6970/SEPFFFFFFFFFFFF.cnf.xml")
[ "$code" = 503 ] || fail "a phone that nobody has: $code"
grep -q "West/w2 HTTP $hq:[0-9]* $phone \"GET ITL$phone.tlv\" \"200\"" "$log" || fail "hq asked w2"
grep -q "Central/hq HTTP 127.0.0.1:[0-9]* $phone \"GET ITL$phone.tlv\" \"200\"" "$log" || fail "hq answered"
[ "$(grep -c "West/w2 HTTP $hq:[0-9]* $phone \"GET ITL$phone.tlv\"" "$log")" -eq 1 ] ||
    fail "what was given is not kept"

# Phones 2 and 3 are of no cluster here; both have the same configuration but for their names.
timeout 60 "$CUCMLAB" serve scenarios/fleet/first-boot.lua --set phones=4 --addresses 127.44.0.0/16 \
    --control "$TEST_DIR/lab2" >"$TEST_DIR/abroad" 2>&1 &
abroad=$! tries=200
until grep -q '^scenario done' "$TEST_DIR/abroad"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "the other lab: $(cat "$TEST_DIR/abroad")"
    sleep 0.1
done
"$CUCMLAB" control "$TEST_DIR/lab" "do" Central add_remote_tftp tftp=127.44.0.11 tftp=none tftp=none \
    >"$TEST_DIR/said" 2>&1 || fail "$(cat "$TEST_DIR/said")"
w2=127.44.0.11
same SEP001121000002.cnf.xml
same SEP001121000003.cnf.xml
same SEP001121000002.cnf.xml.sgn
same SEP001121000003.cnf.xml.sgn
same ITLSEP001121000003.tlv
w2=127.43.1.12

# Each the central TFTP of the other: what neither has is asked for once, and no further.
"$CUCMLAB" control "$TEST_DIR/lab2" "do" HQ add_remote_tftp tftp=127.43.0.11 tftp=none tftp=none \
    >"$TEST_DIR/said" 2>&1 || fail "$(cat "$TEST_DIR/said")"
code=$(curl -sS -o /dev/null -w '%{http_code}' "http://$hq:6970/SEPEEEEEEEEEEEE.cnf.xml")
[ "$code" = 503 ] || fail "a phone that neither has: $code"
asked=$(grep -c 'Central/hq HTTP .*"GET SEPEEEEEEEEEEEE.cnf.xml"' "$log")
[ "$asked" -eq 1 ] || fail "the central TFTP was asked $asked times, 1 expected"
kill "$abroad"
wait "$abroad"
ok "files of a cluster in another process: each phone has its own, and nobody asks in a circle"
stop
hops=$(tshark -r "$TEST_DIR/c.pcapng" -Y "ip.src == $hq && ip.dst == $w2 && http.request.uri contains \"ITL$phone\"" 2>"$TEST_DIR/err" | wc -l)
[ "$hops" -eq 1 ] || fail "$hops requests of hq to w2 in the capture, 1 expected"
ok "access log and capture: from the client to hq, and from hq to w2"
