#!/bin/sh
# Debian's openssl and curl against TVS, secure SIP and the HTTPS page: every version of TLS, the
# certificate shown, TVS answers, registration.
. tests/live/lib/serve.sh
serve scenarios/fleet/first-boot.lua --set phones=3
until_done

# hello PORT OPTION...: a handshake; what openssl says goes to said.
hello() {
    port=$1
    shift
    openssl s_client -connect "127.0.0.11:$port" "$@" </dev/null >"$TEST_DIR/said" 2>&1
}

for version in tls1 tls1_1 tls1_2; do
    for port in 2445 2443 5061 8443; do
        hello $port -$version -cipher 'ALL:@SECLEVEL=0' || fail "port $port: no $version"
        grep -q 'subject=.*CN *= *pub' "$TEST_DIR/said" ||
            fail "port $port: certificate of $(grep subject= "$TEST_DIR/said")"
    done
done
! hello 2445 -tls1_3 || fail "TLS 1.3 before 15SU2"
hello 2445 -tls1_2 -cipher 'AES256-SHA:@SECLEVEL=0' || fail "no AES256-SHA"
ok "openssl: TLS 1.0 to 1.2 on 2445, 2443, 5061, 8443; AES256-SHA for old phones"

# byte and word N: big-endian, for messages made here.
byte() {
    # shellcheck disable=SC2059
    printf "\\$(printf '%03o' $(($1 & 255)))"
}
word() {
    byte $(($1 >> 8))
    byte "$1"
}
size() {
    wc -c <"$1"
}

# talk PORT FILE: sends it over TLS; what comes back within a moment goes to raw.
talk() {
    : >"$TEST_DIR/raw"
    openssl s_client -connect "127.0.0.11:$1" -quiet <"$2" >"$TEST_DIR/raw" 2>"$TEST_DIR/err" &
    client=$!
    tries=200
    while [ ! -s "$TEST_DIR/raw" ] && [ "$tries" -gt 0 ]; do
        tries=$((tries - 1))
        sleep 0.05
    done
    sleep 0.3
    kill "$client" 2>/dev/null
    wait "$client" 2>/dev/null
}

# ask FILE: one TVS message; the answer goes to answer, in hex without spaces.
ask() {
    talk 2445 "$1"
    answer=$(od -An -v -tx1 <"$TEST_DIR/raw" | tr -d ' \n')
}

# May I trust this certificate?  Its own TVS certificate: yes, as TVS (role 21 = 0x15), a day long.
hello 2445
openssl x509 -in "$TEST_DIR/said" -outform DER -out "$TEST_DIR/tvs.der" || fail "no certificate"
n=$(size "$TEST_DIR/tvs.der")
{
    printf '\127\001\001\000\000\000\022\064' # protocol, version, type 1, reserved, session
    word $((n + 3))
    byte 2
    word "$n"
    cat "$TEST_DIR/tvs.der"
} >"$TEST_DIR/request"
cp "$TEST_DIR/request" "$TEST_DIR/request.tvs"
ask "$TEST_DIR/request"
echo "$answer" | grep -Eq '^570102..00001234.*0700010008000115090004' || fail "TVS said $answer"
cat "$TEST_DIR/request" "$TEST_DIR/request" >"$TEST_DIR/twice"
ask "$TEST_DIR/twice"
echo "$answer" | grep -Eq '^(570102..00001234[0-9a-f]*090004[0-9a-f]{8}){2}$' ||
    fail "TVS said to two requests $answer"
# A request of another implementation, about a certificate that is in no store here.
ask tests/vectors/peer/tvs/trusted.request
echo "$answer" | grep -Eq '^570102..[0-9a-f]{8}000407000101$' || fail "TVS said $answer"
ok "TVS: trusted, two at once, not trusted"

register() {
    printf 'REGISTER sip:127.0.0.11 SIP/2.0\r\n'
    printf 'Via: SIP/2.0/TCP 127.0.0.1:5555;branch=z9hG4bKtest\r\n'
    printf 'From: <sip:1000@127.0.0.11>;tag=1\r\nTo: <sip:1000@127.0.0.11>\r\n'
    printf 'Call-ID: test\r\nCSeq: 1 REGISTER\r\nMax-Forwards: 70\r\n'
    printf 'Contact: <sip:x@127.0.0.1:5555;transport=tcp>;+u.sip!devicename.ccm.cisco.com="%s"\r\n' "$1"
    printf 'Expires: 3600\r\nContent-Length: 0\r\n\r\n'
}

# expect_sip TEXT...: each in $TEST_DIR/said.
expect_sip() {
    for text in "$@"; do
        grep -q "^$text" "$TEST_DIR/said" || fail "SIP: no \"$text\""
    done
}
{ register SEP001121000001; sleep 0.3; } | curl -sS -m 2 telnet://127.0.0.11:5060 \
    >"$TEST_DIR/said" 2>"$TEST_DIR/err"
expect_sip 'SIP/2.0 100 Trying' 'SIP/2.0 200 OK' 'Expires: 120'
{ register SEPFFFFFFFFFFFF; sleep 0.3; } | curl -sS -m 2 telnet://127.0.0.11:5060 \
    >"$TEST_DIR/said" 2>"$TEST_DIR/err"
expect_sip 'SIP/2.0 100 Trying' 'SIP/2.0 404 '
# Not a secure device: its profile does not fit TLS.
register SEP001121000001 >"$TEST_DIR/request"
talk 5061 "$TEST_DIR/request"
cp "$TEST_DIR/raw" "$TEST_DIR/said"
expect_sip 'SIP/2.0 100 Trying' 'SIP/2.0 403 '
ok "SIP: registered for 120 s, unknown, rejected over TLS"

curl -sS -f -k https://127.0.0.11:8443/ccmcip/xmldirectory.jsp >"$TEST_DIR/said" ||
    fail "no HTTPS page"
grep -q CiscoIPPhoneMenu "$TEST_DIR/said" || fail "no directory on the HTTPS page"
ok "curl: the directory page"
stop

# TVS on threads of its own says the same; a session of one is taken up by another.
serve scenarios/fleet/first-boot.lua --set phones=3 --tvs-workers 2 --tvs-resumption
until_done
ask "$TEST_DIR/request.tvs"
echo "$answer" | grep -Eq '^570102..00001234.*0700010008000115090004' || fail "TVS said $answer"
hello 2445 -tls1_2 -cipher 'AES256-SHA:@SECLEVEL=0' -reconnect || fail "no reconnection"
[ "$(grep -c '^Reused, .*Cipher is AES256-SHA' "$TEST_DIR/said")" -eq 5 ] ||
    fail "resumed $(grep -c ^Reused "$TEST_DIR/said") of 5 times"
hello 5061 -tls1_2 -reconnect
! grep -q ^Reused "$TEST_DIR/said" || fail "5061 resumed a session: it must see the certificate"
stop
cat >"$TEST_DIR/new.lua" <<'END'
-- The first release that speaks TLS 1.3; it takes older ones where it is told to
-- live = true
local hq = cluster { name = "HQ", version = "15SU2", nodes = { "pub" } }
hq:set("tls_min", "1.0")
hq:phones { count = 3, model = "8845" }
settle()
END
serve "$TEST_DIR/new.lua" --tvs-workers 2 --tvs-resumption
until_done
sleep 0.5 | openssl s_client -connect 127.0.0.11:2445 -tls1_3 -sess_out "$TEST_DIR/session" \
    >"$TEST_DIR/said" 2>&1 || fail "no session of TLS 1.3"
hello 2445 -tls1_3 -sess_in "$TEST_DIR/session"
grep -q '^Reused, TLSv1.3' "$TEST_DIR/said" || fail "TLS 1.3: $(grep Cipher "$TEST_DIR/said")"
ok "openssl: sessions of TVS taken up, on two threads"
stop

# Files over TLS: by a certificate with an EC key, or Tomcat's; what TLS vouches for is not signed.
cat >"$TEST_DIR/ec.lua" <<'END'
-- One node that has CallManager-ECDSA
-- live = true
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
hq:phones { count = 2, model = "8845" }
settle()
END
serve "$TEST_DIR/ec.lua"
until_done
hello 6971 -tls1_2 || fail "no TLS on 6971"
grep -q '^Server Temp Key\|^Peer signature type: ECDSA' "$TEST_DIR/said" || fail "6971: no ECDSA"
openssl x509 -in "$TEST_DIR/said" -noout -text | grep -q 'id-ecPublicKey' || fail "6971: no EC key"
curl -sS -f http://127.0.0.11:6970/SEP001121000001.cnf.xml -o "$TEST_DIR/plain" || fail "no file"
for port in 6971 6972; do
    for name in SEP001121000001.cnf.xml SEP001121000001.cnf.xml.sgn; do
        curl -sS -f -k "https://127.0.0.11:$port/$name" -o "$TEST_DIR/tls" || fail "$port: no $name"
        cmp -s "$TEST_DIR/plain" "$TEST_DIR/tls" || fail "$port: $name is another file"
    done
done
for page in 'xmldirectory.jsp' 'xmldirectoryinput.jsp?name=SEP001121000001' 'xmldirectorylist.jsp?l=a'; do
    curl -sS -f -k "https://127.0.0.11:8443/ccmcip/$page" >"$TEST_DIR/said" || fail "no $page"
    grep -q '^<CiscoIPPhone' "$TEST_DIR/said" || fail "$page is no object"
done
curl -sS -f http://127.0.0.11:8080/ccmcip/xmldirectory.jsp |
    grep -q '<URL>http://127.0.0.11:8080/ccmcip/xmldirectoryinput.jsp</URL>' || fail "another link"
[ "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.11:8080/nothing)" = 404 ] || fail "no 404"
ok "files over HTTPS, pages"
stop
