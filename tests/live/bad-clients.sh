#!/bin/sh
# Clients that stall, break off or send rubbish harm nobody else: phones and good clients are served
# meanwhile, and the program ends well afterwards.
. tests/live/lib/serve.sh
serve scenarios/fleet/first-boot.lua --set phones=20

# A stall on every port while the phones boot, sixty on HTTP.
stalls=
for port in 6970 2000 2443 2445 3804 5060 5061 8080 8443; do
    sleep 8 | curl -sS -m 30 "telnet://127.0.0.11:$port" >/dev/null 2>&1 &
    stalls="$stalls $!"
done
i=0
while [ $i -lt 60 ]; do
    i=$((i + 1))
    { printf 'GET /ITLFile.tlv HT'; sleep 2; } | curl -sS -m 4 telnet://127.0.0.11:6970 \
        >/dev/null 2>&1 &
done
for port in 6970 2000 2443 2445 3804 5060 5061 8080 8443; do
    for n in 1 10 1000 100000; do
        "$CUCMLAB" --version | cat - "$CUCMLAB" | head -c $n |
            curl -sS -m 2 "telnet://127.0.0.11:$port" >/dev/null 2>&1
    done
done
head -c 400 "$CUCMLAB" >"$TEST_DIR/rubbish"
curl -sS -m 1 --tftp-blksize 8 -T "$TEST_DIR/rubbish" "tftp://127.0.0.11:$tftp_port/x" \
    >/dev/null 2>&1
ok "rubbish sent to every port"

curl -sS -f -m 5 -o "$TEST_DIR/got" http://127.0.0.11:6970/ITLFile.tlv || fail "HTTP after it"
curl -sS -f -m 5 -o "$TEST_DIR/got2" "tftp://127.0.0.11:$tftp_port/ITLFile.tlv" ||
    fail "TFTP after it"
cmp -s "$TEST_DIR/got" "$TEST_DIR/got2" || fail "two different lists"
openssl s_client -connect 127.0.0.11:2445 </dev/null >"$TEST_DIR/said" 2>&1 || fail "TVS after it"
until_done
! grep -q FAILED "$TEST_DIR/out" || fail "a phone came to harm"
ok "good clients and 20 phones are served meanwhile"

stop
[ ! -s "$TEST_DIR/err" ] || fail "something on standard error"
for stall in $stalls; do
    wait "$stall" 2>/dev/null
done
ok "a good end, with clients that still stall"
