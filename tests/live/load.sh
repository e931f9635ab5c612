#!/bin/sh
# `cucmlab load` against a served TVS and against openssl's server: both loops, every way of
# connecting, errors by kind, objectives as exit status, results that add.
# shellcheck disable=SC2015 # what is asked here holds or fails as a whole
. tests/live/lib/serve.sh
serve scenarios/fleet/first-boot.lua --set phones=1
until_done
cd "$TEST_DIR" || exit 1
case $CUCMLAB in /*) ;; *) CUCMLAB=$OLDPWD/$CUCMLAB ;; esac

kind=tvs

# load STATUS OPTION...: a second of it; what it prints goes to said, its result to result.json.
load() {
    want=$1
    shift
    "$CUCMLAB" load "$kind" "$@" --quiet --json result.json >said 2>err </dev/null
    got=$?
    [ "$got" -eq "$want" ] || { cp said out; fail "load $*: exit $got, $want expected"; }
}

# number NAME: the first one of that name in result.json.
number() {
    sed -n "s/.*\"$1\":[^0-9]*\([0-9]*\).*/\1/p" result.json | head -n 1
}

load 0 127.0.0.11 --rate 60 --duration 1s
[ "$(number begun)" = 60 ] && [ "$(number trusted)" = 60 ] && [ "$(number full)" = 60 ] ||
    fail "60 a second: $(cat said)"
load 0 127.0.0.11 --rate 200 --duration 500ms --connection per-phone --phones 6 --threads 3 \
    --request query --arrivals random --slo 'errors<=0%,rate>=20'
[ "$(number begun)" = 100 ] && [ "$(number trusted)" = 100 ] && [ "$(number full)" = 6 ] ||
    fail "6 phones: $(cat said)"
load 0 127.0.0.11 --concurrency 3 --duration 1s --connection keep --tls 1.1..1.3 --threads 2
[ "$(number full)" = 3 ] && [ "$(number trusted)" -gt 3 ] || fail "3 connections: $(cat said)"
load 0 127.0.0.11 --concurrency 4 --duration 1s --tls 1.0 --cipher AES256-SHA \
    --source 127.0.0.90-127.0.0.93
[ "$(number trusted)" -gt 0 ] || fail "TLS 1.0: $(cat said)"
load 0 127.0.0.11 --rate 20 --duration 500ms --cert "$OLDPWD/tests/vectors/firmware/signer.pem"
[ "$(number not_trusted)" = 10 ] && grep -q '10 not trusted' said || fail "a stranger's certificate"
load 0 127.0.0.11 --concurrency 4 --duration 1s --client own
[ "$(number trusted)" -gt 0 ] && [ "$(number full)" -ge "$(number trusted)" ] ||
    fail "the client of our own: $(cat said)"
load 2 127.0.0.11 --rate 1 --client own --tls 1.3
load 2 127.0.0.11 --rate 1 --source 192.0.2.1
grep -q -e '--source 192.0.2.1: ' err || fail "a source that is not ours: $(cat err)"
ok "open and closed loop, each way of connecting, TLS 1.0 to 1.2; not trusted is an answer"

load 1 127.0.0.11 --rate 20 --duration 500ms --slo 'p99<1us,errors<1%'
grep -q '^SLO .*p99<1us .*MISSED' said && grep -q 'errors<1% .*met' said || fail "no SLO told"
load 2 192.0.2.1 --rate 20
grep -q 'allow-remote 192.0.2.1 allows it' err || fail "a remote target: $(cat err)"
load 2 192.0.2.1 --rate 20 --allow-remote 192.0.2.2
load 2 127.0.0.11:1 --rate 20
grep -q 'refused' err || fail "nobody there: $(cat err)"
load 0 127.0.0.11:1 --rate 20 --duration 500ms --cert "$OLDPWD/tests/vectors/firmware/signer.pem"
grep -q 'refused 10' said || fail "refused: $(cat said)"
ok "objectives and targets are the exit status"

# A server that stands still is charged with all that was due meanwhile, answered or not, and the
# generator is not blamed for it; one that is late itself says so.
# while_still WHO SECONDS STATUS OPTION...: a load that is a second old when WHO ("server", or "itself")
# stands still for so long.
while_still() {
    who=$1
    pause=$2
    want=$3
    shift 3
    : >err
    "$CUCMLAB" load tvs 127.0.0.11 "$@" --json result.json >said 2>err </dev/null &
    loader=$!
    tries=400
    until grep -q '^ *1 s ' err; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "load $*: no line after a second"
        sleep 0.05
    done
    [ "$who" = server ] && still=$pid || still=$loader
    kill -STOP "$still"
    sleep "$pause"
    kill -CONT "$still"
    wait "$loader"
    got=$?
    [ "$got" -eq "$want" ] || { cp said out; fail "load $*: exit $got, $want expected"; }
}
while_still server 2 1 --rate 50 --duration 4s --slo 'p75<200ms,p99<1s,p5<1s'
[ "$(number begun)" = 200 ] && [ "$(number p99_us)" -gt 1500000 ] && [ "$(number p90_us)" -gt 800000 ] &&
    [ "$(grep -c MISSED said)" = 2 ] || fail "a server that stood still for 2 s: $(cat said)"
grep -q 'the generator, not\|the generator was late' said && fail "blamed for the server: $(cat said)"
while_still itself 1 0 --rate 50 --duration 3s
[ "$(number begun)" = 150 ] && grep -q 'the generator was late itself' said ||
    fail "a generator that stood still does not say so: $(cat said)"
# Fast answers for some, none for the others: no good percentile.
while_still server 2 1 --rate 50 --duration 4s --timeout 500ms --slo 'p99<50s,p5<50s,errors<99%'
grep -q 'p99<50s *MISSED: never' said && [ "$(grep -c ' met: ' said)" = 2 ] &&
    [ "$(number unanswered)" -gt 10 ] || fail "requests without an answer: $(cat said)"
# What it could not begin, nobody answered.
load 0 127.0.0.11 --rate 200000 --duration 100ms --timeout 100ms --open 20
[ "$(number unanswered)" -gt 10000 ] && grep -q 'never begun' said &&
    [ $(($(number answers) + $(number unanswered))) = 20000 ] &&
    grep -q 'not the server alone.*never begun' said || fail "more than can be begun: $(cat said)"
ok "no coordinated omission: who is not answered is late, and whose fault it was"

load 0 127.0.0.11 --profile steps:20,60 --duration 1s --svg c.svg --html c.html --hdr c.hdr
[ "$(number begun)" = 10 ] && grep -q '<polyline' c.svg && grep -q '</html>' c.html &&
    [ "$(grep -c ',HISTFAAA' c.hdr)" = 2 ] || fail "steps: $(cat said)"
load 0 127.0.0.11 --profile boot-storm:1s..2s --phones 40
[ "$(number begun)" = 40 ] && [ "$(number full)" = 40 ] || fail "a boot storm: $(cat said)"
load 0 127.0.0.11 --profile boot-storm:500ms..1s --fleet 7965=10,8861=20,9871=10 --retries 0
[ "$(number begun)" = 40 ] && grep -q '^Fleet *7965 10, 8861 20, 9871 10$' said ||
    fail "a fleet: $(cat said)"
load 0 127.0.0.11 --profile boot-storm:500ms..1s --inventory "$OLDPWD/tests/vectors/fleet.csv"
[ "$(number begun)" = 218 ] && grep -q '; 36 that do not ask left out$' said ||
    fail "the phones of an export: $(cat said)"
load 2 127.0.0.11 --rate 1 --fleet 7940=3
grep -q 'it holds no ITL and asks no TVS' err || fail "who asks no TVS: $(cat err)"
load 2 127.0.0.11 --rate 1 --fleet 8861=3 --phones 3
load 2 127.0.0.11 --rate 1 --round 1s..2s
load 0 127.0.0.11:1 --rate 10 --duration 300ms --retries 2 --retry-after 20ms \
    --cert "$OLDPWD/tests/vectors/firmware/signer.pem"
grep -q 'refused 9' said || fail "tried three times each: $(cat said)"
load 0 127.0.0.11:1 --rate 10 --duration 300ms --retries 1 --retry-after 1500ms --timeout 400ms \
    --cert "$OLDPWD/tests/vectors/firmware/signer.pem"
grep -q 'refused 6' said || fail "tried again behind the last timeout: $(cat said)"
load 0 127.0.0.11 --find-limit --rate 50 --step 500ms --slo 'rate<70' --svg limit.svg
grep -q '/s holds</text>' limit.svg && [ "$(number limit_holds_milli)" -ge 50000 ] ||
    fail "the limit in picture and file: $(cat said)"
grep -q '^ *50/s .*holds$' said && grep -q '^ *100/s .*too much: rate<70 missed' said &&
    grep -q '^Limit .*does not; at most .* answered$' said || fail "a limit: $(cat said)"
load 1 127.0.0.11 --find-limit --rate 20 --step 200ms --slo 'p99<1us'
load 2 127.0.0.11 --rate 5 --svg c.svg --html c.svg
load 2 127.0.0.11 --rate 0.1 --duration 1s
load 2 127.0.0.11 --concurrency 2 --retries 1
ok "steps, a boot storm, retries, the limit; pictures and logs"

kind=tftp
# shellcheck disable=SC2154
load 0 "127.0.0.11:$tftp_port" --rate 40 --duration 500ms
[ "$(number trusted)" = 20 ] && grep -q '20 files, 0 not found' said || fail "files: $(cat said)"
load 0 "127.0.0.11:$tftp_port" --concurrency 8 --duration 1s --threads 2 --blksize 1428
[ "$(number trusted)" -gt 8 ] || fail "files: $(cat said)"
load 0 "127.0.0.11:$tftp_port" --rate 20 --duration 500ms --file nothing
grep -q '0 files, 10 not found' said || fail "no file: $(cat said)"
load 0 127.0.0.11:1 --rate 20 --duration 300ms --timeout 100ms
grep -q 'refused 6' said || fail "no TFTP there: $(cat said)"
load 2 127.0.0.11 --rate 20 --tls 1.2
kind=register
load 0 127.0.0.11 --rate 40 --duration 500ms --phones 1 --connection keep
[ "$(number trusted)" = 20 ] && grep -q '20 registered, 0 rejected' said || fail "REGISTER: $(cat said)"
load 0 127.0.0.11 --rate 20 --duration 500ms --phones 10
grep -q '1 registered, 9 rejected' said || fail "strangers: $(cat said)"
load 0 127.0.0.11 --rate 20 --duration 500ms --phones 10 --transport udp
grep -q '1 registered, 9 rejected' said || fail "over UDP: $(cat said)"
load 0 127.0.0.11:9 --rate 10 --duration 300ms --phones 2 --transport udp --timeout 700ms
grep -q 'timeout 3' said || fail "nobody at that UDP port: $(cat said)"
# Who was rejected begins anew; who was not keeps its connection, over which its keepalives go.
load 0 127.0.0.11 --rate 40 --duration 500ms --phones 10 --protocol sccp --connection per-phone
grep -q '2 registered, 18 rejected' said && [ "$(number connections)" = 19 ] ||
    fail "SCCP: $(cat said)"
for protocol in sip sccp; do
    load 0 127.0.0.11 --rate 40 --phones 1 --protocol $protocol --hold 1s --keepalive 250ms
    grep -q '5 registered, 0 rejected' said && grep -q '^Connections 1$' said &&
        [ "$(grep -c ' us \| ms ' said)" -ge 3 ] || fail "$protocol held: $(cat said)"
done
# Never later than that: a registration would be over before it is renewed.
for phones in 1 7; do
    load 0 127.0.0.11 --rate 40 --phones $phones --hold 1s
    sed -n 's/.*"from_milli":[^0-9]*\([0-9]*\).*/\1/p' result.json | tail -n 1 >rate
    [ $(($(cat rate) * 115)) -ge $((phones * 1000)) ] || fail "$phones held: $(cat rate said)"
done
# Three servers of a group, and all of them anew, after a wait that doubles, as long as it lasts.
load 0 127.0.0.11:1 --profile boot-storm:100ms..200ms --fleet 8861=4 --round 200ms..400ms \
    --duration 1s
refused=$(sed -n 's/.*refused \([0-9]*\).*/\1/p' said)
[ "$refused" -ge 24 ] && [ "$refused" -le 36 ] && [ "$(number unanswered)" = 4 ] ||
    fail "rounds: $(cat said)"
load 0 127.0.0.11 --profile ramp:10..20 --arrivals random --duration 500ms --phones 1
! grep '^Tries' said || fail "a ramp has no servers in turn"
load 2 127.0.0.11 --transport tls --rate 1 --fleet 8861=1,7965=1 --tls 1.3
grep -q 'a 8861 of this fleet speaks none newer than 1\.2' err || fail "TLS 1.3: $(cat err)"
load 2 127.0.0.11 --profile boot-storm:100ms..200ms --duration 100ms
load 2 127.0.0.11 --profile boot-storm:100ms..200ms --duration 1s --round 0s..1s
load 2 127.0.0.11 --rate 1 --phones 100 --hold 1s --keepalive 1s
grep -q 'the first would be heard of too late' err || fail "too slow to hold: $(cat err)"
load 2 127.0.0.11 --rate 1 --protocol sccp --transport udp
load 2 127.0.0.11 --rate 1 --keepalive 1s
load 2 127.0.0.11 --rate 1 --identity 2
load 2 127.0.0.11 --rate 1 --tls 1.2
# A connection by SCCP, and one over TLS, is one phone's: of others it would count answers that are
# not theirs.
load 2 127.0.0.11 --rate 20 --duration 1s --phones 20 --protocol sccp --connection keep
grep -q 'per-phone keeps them' err || fail "SCCP for 20 phones: $(cat err)"
load 2 127.0.0.11 --rate 20 --duration 1s --phones 20 --transport tls --connection keep
grep -q 'per-phone keeps them' err || fail "TLS for 20 phones: $(cat err)"
load 0 127.0.0.11 --rate 20 --duration 500ms --phones 1 --protocol sccp --connection keep
grep -q '10 registered, 0 rejected' said || fail "SCCP for one phone: $(cat said)"
kind=tvs
ok "load tftp, load register over TCP and UDP, SIP and SCCP, held"

# Two at the same time, and their sum.
for part in 1 2; do
    "$CUCMLAB" load tvs 127.0.0.11 --rate 50 --duration 1s --quiet --json part$part.json \
        >part$part.out 2>&1 &
    eval "part$part=$!"
done
# shellcheck disable=SC2154
wait "$part1" && wait "$part2" || fail "two at a time"
"$CUCMLAB" merge part1.json part2.json --json result.json --slo 'rate>50' >said 2>err ||
    fail "merge: $(cat err said)"
[ "$(number trusted)" = 100 ] && grep -q '100/s asked' said || fail "a sum: $(cat said)"
"$CUCMLAB" merge part1.json part2.json --svg s.svg --html s.html --hdr - >said 2>err &&
    grep -q '<polyline' s.svg && grep -q '</html>' s.html && grep -q ',HISTFAAA' said &&
    grep -q '^Sum of' err || fail "pictures of a sum: $(cat err said)"
"$CUCMLAB" merge result.json part1.json >said 2>err && fail "one part twice"
grep -q 'the same run as one before it' err || fail "one part twice: $(cat err)"
load 0 127.0.0.11 --rate 50 --duration 1s --request query
"$CUCMLAB" merge part1.json result.json >said 2>err && fail "what does not belong together"
grep -q 'request is query' err || fail "what does not belong together: $(cat err)"
if command -v parallel >/dev/null; then
    HOME=$TEST_DIR parallel --will-cite -j 3 "$CUCMLAB" load tvs 127.0.0.11 --rate 20 \
        --duration 500ms --quiet --json p{}.json ::: 1 2 3 >said 2>err || fail "GNU parallel"
    "$CUCMLAB" merge p1.json p2.json p3.json --json result.json >said 2>err ||
        fail "merge: $(cat err)"
    [ "$(number trusted)" = 30 ] || fail "GNU parallel: $(cat said)"
fi
ok "results add, and only those that belong together"
cd "$OLDPWD" || exit 1
stop
serve tests/live/load.lua --speed 100
until_done
cd "$TEST_DIR" || exit 1
kind=register
for protocol in sip sccp; do
    load 0 127.0.0.11 --rate 40 --duration 500ms --phones 10 --protocol $protocol --transport tls
    grep -q '12 registered, 8 rejected' said && [ "$(number full)" = 20 ] ||
        fail "$protocol over TLS: $(cat said)"
done
load 0 127.0.0.11 --rate 40 --duration 500ms --phones 6 --transport tls --identity 2
grep -q '0 registered, 20 rejected' said || fail "MICs of another lab: $(cat said)"
load 0 127.0.0.11 --rate 40 --phones 6 --transport tls --hold 1s --keepalive 500ms --tls 1.3
grep -q '18 registered, 0 rejected' said && [ "$(number connections)" = 6 ] ||
    fail "held over TLS: $(cat said)"
kind=tvs
ok "load register over TLS: secure phones by their MICs, held"
cd "$OLDPWD" || exit 1
stop
cd "$TEST_DIR" || exit 1

# What others answer.
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=x \
    >err 2>&1 || fail "no certificate"

# other OPTION...: openssl's server on 127.0.0.1:4433, until enough.
other() {
    openssl s_server -accept 127.0.0.1:4433 -cert cert.pem -key key.pem "$@" >said.other 2>&1 &
    pid=$!
    tries=200
    until "$CUCMLAB" load tvs 127.0.0.1:4433 --concurrency 1 --duration 1ms --timeout 200ms \
        --quiet --cert cert.pem --json result.json >said 2>err && ! grep -q refused said; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "no openssl s_server"
        sleep 0.05
    done
}
enough() {
    kill "$pid"
    wait "$pid" 2>/dev/null
    pid=
}

# error TEXT OPTION...: that error, and no answer.
error() {
    text=$1
    shift
    load 0 127.0.0.1:4433 --concurrency 2 --duration 500ms --timeout 1s --cert cert.pem "$@"
    grep -q "^Errors .*[:,] $text [0-9]" said && [ "$(number trusted)" = 0 ] ||
        fail "no \"$text\": $(cat said)"
}
other -tls1_2 -rev
error 'bad reply'
error 'TLS alert protocol version' --tls 1.3
error 'TLS alert handshake failure' --tls 1.2 --cipher ADH-AES128-SHA
enough
other -www
error timeout
# A handshake that took most of the time leaves the rest of it to the answer.
kill -STOP "$pid"
(sleep 0.7; kill -CONT "$pid") &
woken=$!
load 0 127.0.0.1:4433 --rate 10 --duration 100ms --timeout 1s --cert cert.pem
wait "$woken"
grep -q '^Errors .*: timeout 1' said && [ "$(number wall_us)" -lt 1500000 ] ||
    fail "a timeout of 1 s after $(number wall_us) us"
enough
other -tls1_2 -rev
# Each speaks no newer TLS than its model.
load 0 127.0.0.1:4433 --rate 20 --duration 500ms --cert cert.pem --fleet 7965=5,8861=5
grep -q 'bad reply [345], TLS alert protocol version [345]' said || fail "TLS by model: $(cat said)"
enough
other -www -Verify 1 -tls1_3
error 'TLS alert certificate required' --tls 1.3
enough
error refused
ok "refused, timeout, bad reply, TLS alerts by name"
