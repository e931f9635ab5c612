#!/bin/sh
# --access-log: a line for each request, whoever asked, written at once; what strangers send ends no
# line.  --addresses: two labs on one machine, each in its own network.
. tests/live/lib/serve.sh
log=$TEST_DIR/access.log

# has REGEX: the log has such a line, by now or within 5 s.
has() {
    tries=100
    while ! grep -Eq "$1" "$log"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { cat "$log"; fail "no line of the access log is $1"; }
        sleep 0.05
    done
}

serve scenarios/regenerate/callmanager.lua --set phones=4 --addresses 127.41.0.0/16 --access-log "$log"
until_done
has 'pub TFTP 127.[0-9.]+:[0-9]+ SEP[0-9A-F]{12} "RRQ ITLSEP[0-9A-F]{12}.tlv" "sent" [0-9]{4}$'
has 'pub SCCP [0-9.:]+ SEP[0-9A-F]{12} "SCCP RegisterReq" "RegisterAck" '
has 'pub TVS [0-9.:]+ SEP[0-9A-F]{12} "query [0-9A-F]+, CN=pub" "trusted" '
ok "phones are there: files, TVS, registration"

"$CUCMLAB" serve scenarios/regenerate/callmanager.lua --set phones=4 --addresses 127.42.0.0/16 \
    --tvs-workers 2 --access-log "$TEST_DIR/second.log" \
    >"$TEST_DIR/second" 2>&1 &
second=$!
tries=1200
until grep -q '^scenario done' "$TEST_DIR/second"; do
    tries=$((tries - 1))
    kill -0 "$second" 2>/dev/null && [ "$tries" -gt 0 ] || fail "second lab: $(cat "$TEST_DIR/second")"
    sleep 0.05
done
grep -q '^pub 127.42.0.11: ' "$TEST_DIR/second" || fail "second lab: $(cat "$TEST_DIR/second")"
curl -sS -f -o "$TEST_DIR/a" http://127.41.0.11:6970/ITLFile.tlv || fail "first lab"
curl -sS -f -o "$TEST_DIR/b" http://127.42.0.11:6970/ITLFile.tlv || fail "second lab"
kill -TERM "$second"
wait "$second" || fail "second lab ended with $?"
grep -Eq 'pub TVS [0-9.:]+ SEP[0-9A-F]{12} "query [0-9A-F]+, CN=pub" "trusted" [1-9]' "$TEST_DIR/second.log" ||
    fail "nothing of what workers answer: $(cat "$TEST_DIR/second.log")"
ok "two labs at the same time"

get() {
    curl -sS -m 5 -o "$TEST_DIR/got" "$@" 2>"$TEST_DIR/curl" || true
}
get -I http://127.41.0.11:6970/ITLFile.tlv
has 'pub HTTP [0-9.:]+ - "HEAD ITLFile.tlv" "200" 0$'
get "http://127.41.0.11:6970/SEPA%22%20B%5C%C3%A9.cnf.xml"
has 'pub HTTP [0-9.:]+ - "GET SEPA.x22 B.x5c.xc3.xa9.cnf.xml" "503" 0$'
get -X POST http://127.41.0.11:6970/x
has 'pub HTTP [0-9.:]+ - "another method on x" "405" 0$'
printf 'G\033[2J\r\n\r\n' | curl -sS -m 2 telnet://127.41.0.11:6970 >/dev/null 2>&1
has 'pub HTTP [0-9.:]+ - "what is no request" "400" 0$'
printf 'OPTIONS sip:a SIP/2.0\r\nVia: a\r\nFrom: b\r\nTo: c\r\nCall-ID: d\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n' |
    curl -sS -m 2 telnet://127.41.0.11:5060 >/dev/null 2>&1
has 'pub SIP [0-9.:]+ - "SIP OPTIONS" "200" '
get https://127.41.0.11:8443/ccmcip/xmldirectory.jsp
has 'pub HTTPS [0-9.:]+ - "TLS handshake" ".*(unknown ca|bad certificate)" 0$'
get -k https://127.41.0.11:8443/ccmcip/xmldirectory.jsp
has 'pub HTTPS [0-9.:]+ - "GET ccmcip/xmldirectory.jsp" "200" [1-9]'
get "tftp://127.41.0.11:$tftp_port/nothing"
has 'pub TFTP [0-9.:]+ - "RRQ nothing" "error 1" 0$'
ok "so are strangers, with what they did wrong"

! grep -Evq '^[0-9]+:[0-9:.]+ pub [A-Za-z ]+ [0-9.]+:[0-9]+ (-|SEP[0-9A-F]{12}) "[ !#-~]*" "[ !#-~]*" [0-9]+$' "$log" ||
    fail "a line of another form: $(grep -Ev '^[0-9]+:[0-9:.]+ pub [A-Za-z ]+ [0-9.]+:[0-9]+ (-|SEP[0-9A-F]{12}) "[ !#-~]*" "[ !#-~]*" [0-9]+$' "$log")"
stop

"$CUCMLAB" serve scenarios/fleet/first-boot.lua --addresses 128.1.0.0/16 >"$TEST_DIR/out" 2>&1
[ $? -eq 2 ] || fail "addresses outside loopback: exit 2 expected"
grep -q '127.N.0.0/16 is expected' "$TEST_DIR/out" || fail "addresses outside loopback"
ok "every line has the same form; addresses outside loopback are refused"

# What threads of TVS answer while the run ends stands there, to the last: nobody is answered while
# the report is made.
serve scenarios/regenerate/both-one-node.lua --set phones=40 --addresses 127.41.0.0/16 --tvs-workers 2 \
    --access-log "$log"
until_done
before=$(grep -c ' TVS .*"verify' "$log")
"$CUCMLAB" load tvs 127.41.0.11 --concurrency 8 --duration 3s --connection keep --timeout 1s --quiet \
    --json "$TEST_DIR/result.json" >"$TEST_DIR/said" 2>&1 &
loader=$!
sleep 1.5
stop
wait "$loader" || fail "load: $(cat "$TEST_DIR/said")"
answers=$(sed -n 's/.*"trusted":[^0-9]*\([0-9]*\).*/\1/p' "$TEST_DIR/result.json" | head -n 1)
lines=$(($(grep -c ' TVS .*"verify' "$log") - before))
[ "$answers" -gt 0 ] && [ "$lines" -ge "$answers" ] || fail "$answers answers of TVS, $lines lines of them"
ok "every answer has its line when the run ends"

# Standard descriptors that are closed are not the log's: what is printed is not in it.
log=$TEST_DIR/closed.log
"$CUCMLAB" serve scenarios/fleet/first-boot.lua --set phones=1 --addresses 127.41.0.0/16 --access-log "$log" \
    >&- 2>"$TEST_DIR/err" &
pid=$!
has ' pub SCCP .*"RegisterAck" '
kill "$pid"
wait "$pid"
status=$?
pid=
[ "$status" -eq 2 ] && grep -q 'standard output: Bad file descriptor' "$TEST_DIR/err" || fail "closed output: exit $status"
! grep -v '^[0-9]*:[0-9:.]* pub ' "$log" || fail "something else in the log"
ok "what is printed to a closed descriptor is in no file"

# A full disk is told when it is, with its reason; the run ends with 2.
serve scenarios/fleet/first-boot.lua --set phones=4 --addresses 127.41.0.0/16 --access-log /dev/full
until_done
told=$(grep -c '^cucmlab: /dev/full: No space left on device; it has no lines from here on$' "$TEST_DIR/err")
[ "$told" -eq 1 ] || fail "a full disk is told $told times while it serves"
kill "$pid"
wait "$pid"
status=$?
pid=
[ "$status" -eq 2 ] && grep -q 'could not write all of it: No space left on device$' "$TEST_DIR/err" ||
    fail "a full disk: exit $status"
ok "a full disk is told at once"
