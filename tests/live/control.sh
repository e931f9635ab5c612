#!/bin/sh
# --control: acts and questions while it serves; --pause, step and continue; who may ask; what stands
# at the path already; odd clients.  --speed, --report-every.
. tests/live/lib/serve.sh
socket=$TEST_DIR/socket
chmod 700 "$TEST_DIR"

# asks COMMAND...: prints the answer; it must be good.
asks() {
    "$CUCMLAB" control "$socket" "$@" 2>"$TEST_DIR/said" || fail "control $*: $(cat "$TEST_DIR/said")"
}

# until_scenario STATE: paused, held, runs or over, within 20 s.
until_scenario() {
    tries=400
    until asks time | grep -q "\"scenario\":.*\"$1\""; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "the scenario is not $1 after 20 s: $(asks time)"
        sleep 0.05
    done
}

serve scenarios/regenerate/both-one-node.lua --set phones=4 --addresses 127.51.0.0/16 \
    --control "$socket" --pause --speed 2 --report-every 1s
[ "$(stat -c %a "$socket")" = 600 ] || fail "mode $(stat -c %a "$socket"), 600 expected"
until_scenario held
asks time | grep -q '"next":.*"regenerate both"' || fail "held before another step: $(asks time)"
asks count registered=true | grep -q '"count":.*4' || fail "count: $(asks count registered=true)"
curl -sS -f -m 5 -o "$TEST_DIR/got" http://127.51.0.11:6970/ITLFile.tlv || fail "nobody is served"
ok "it is held before the first step, and serves"

asks phone SEP001121000000 | grep -q '"state":.*"Registered"' || fail "phone"
asks explain SEP001121000000 | grep -q 'It holds' || fail "explain"
asks report | grep -q '"format":' || fail "report"
asks verdict | grep -q '"verdict":' || fail "verdict"
"$CUCMLAB" control "$socket" phone SEP00 >"$TEST_DIR/said" 2>&1
[ $? -eq 1 ] || fail "a phone that is not there: exit 1 expected"
asks "do" HQ/pub stop Cisco Tftp >/dev/null
curl -sS -f -m 5 -o "$TEST_DIR/got" http://127.51.0.11:6970/ITLFile.tlv 2>"$TEST_DIR/said" &&
    fail "TFTP was stopped and serves"
asks "do" HQ/pub start Cisco Tftp >/dev/null
ok "questions are answered, acts are done"

asks step >/dev/null
until_scenario held
asks time | grep -q '"next":.*"reset the phones"' || fail "one step: $(asks time)"
asks continue >/dev/null
until_scenario over
asks verdict | grep -q '4 of 4 phones need hands' || fail "verdict: $(asks verdict)"
grep -q '^VERDICT: ' "$TEST_DIR/out" || fail "no report on the way"
ok "step, continue; reports on the way"

printf 'time\n' | "$CUCMLAB" control "$socket" >/dev/full 2>"$TEST_DIR/said"
[ $? -eq 2 ] && grep -q 'No space' "$TEST_DIR/said" || fail "a full disk: $(cat "$TEST_DIR/said")"
printf 'time\n{"ask":"count","id":"x"}\nnix\nsteps\n' | "$CUCMLAB" control "$socket" \
    >"$TEST_DIR/lines" 2>"$TEST_DIR/said"
[ $? -eq 1 ] && grep -q 'no command "nix" (one of do, report,' "$TEST_DIR/said" ||
    fail "many requests: $(cat "$TEST_DIR/said")"
# says STATUS WORDS COMMAND...: what is wrong with a command is said in the words of commands.
says() {
    status=$1 words=$2
    shift 2
    "$CUCMLAB" control "$socket" "$@" >"$TEST_DIR/said" 2>&1
    [ $? -eq "$status" ] && grep -qF "$words" "$TEST_DIR/said" || fail "$*: $(cat "$TEST_DIR/said")"
}
says 2 'no command "cuont": did you mean count?' cuont
says 2 'step: nothing is expected behind it' step now
says 2 'speed: F is expected behind it' speed
says 2 'speed 2x: a number from 0.1 to 100' speed 2x
says 2 'phone: NAME is expected behind it' phone
says 1 'no such act: "restrt Cisco Tftp": did you mean restart?' "do" HQ/pub restrt Cisco Tftp
says 1 '"Cisco" is no service (one of Cisco Tftp, Cisco Trust' "do" HQ/pub restart Cisco
says 1 'HQ: 10.1.1.1 is no loopback address' "do" HQ/pub address 10.1.1.1
asks time >/dev/null # and it serves on
printf '{"ask":"phone SEP00"}\n' | "$CUCMLAB" control "$socket" >"$TEST_DIR/said" 2>&1
[ $? -eq 1 ] || fail "a line that is refused: $(cat "$TEST_DIR/said")"
[ "$(grep -c '^{"' "$TEST_DIR/lines")" -eq 3 ] || fail "many requests: $(cat "$TEST_DIR/lines")"
grep -q '^{"id":"x","ok":{"count":4' "$TEST_DIR/lines" || fail "no id: $(cat "$TEST_DIR/lines")"
curl -sS -m 1 --http0.9 --unix-socket "$socket" http://x/ >"$TEST_DIR/odd" 2>&1
grep -q '^{"error":"this is no request' "$TEST_DIR/odd" || fail "rubbish: $(cat "$TEST_DIR/odd")"
long=$(head -c 70000 /dev/zero | tr '\0' x)
printf 'header = "X: %s"\n' "$long" >"$TEST_DIR/curlrc"
curl -sS -m 5 --http0.9 -K "$TEST_DIR/curlrc" --unix-socket "$socket" http://x/ >"$TEST_DIR/odd" 2>&1
grep -q '^{"error":"a line of more than 65536 bytes"}' "$TEST_DIR/odd" || fail "long: $(cat "$TEST_DIR/odd")"
asks time >/dev/null
ok "many requests over one connection; odd clients harm nobody"

"$CUCMLAB" serve scenarios/fleet/first-boot.lua --addresses 127.52.0.0/16 --control "$socket" \
    >"$TEST_DIR/second" 2>&1
[ $? -eq 2 ] && grep -q 'somebody listens there already' "$TEST_DIR/second" ||
    fail "two on one path: $(cat "$TEST_DIR/second")"
echo mine >"$TEST_DIR/file"
"$CUCMLAB" serve scenarios/fleet/first-boot.lua --addresses 127.52.0.0/16 \
    --control "$TEST_DIR/file" >"$TEST_DIR/second" 2>&1
[ $? -eq 2 ] && grep -q mine "$TEST_DIR/file" || fail "a file at the path: $(cat "$TEST_DIR/second")"
mkdir "$TEST_DIR/open"
chmod 777 "$TEST_DIR/open"
"$CUCMLAB" serve scenarios/fleet/first-boot.lua --addresses 127.52.0.0/16 \
    --control "$TEST_DIR/open/s" >"$TEST_DIR/second" 2>&1
[ $? -eq 2 ] && grep -q 'is not yours alone to write in' "$TEST_DIR/second" ||
    fail "a folder of everybody: $(cat "$TEST_DIR/second")"
ok "a path that is taken, a file, a folder of everybody: refused"

"$CUCMLAB" serve scenarios/fleet/first-boot.lua --set phones=1 --addresses 127.51.0.0/16 >"$TEST_DIR/second" 2>&1
[ $? -eq 2 ] && grep -q 'in use (another lab? --addresses 127.N.0.0/16 moves' "$TEST_DIR/second" ||
    fail "two labs in one place: $(cat "$TEST_DIR/second")"

asks stop >/dev/null
tries=200
while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "still there 10 s after stop"
    sleep 0.05
done
wait "$pid"
status=$?
pid=
[ "$status" -eq 0 ] || fail "exit $status after stop"
[ ! -e "$socket" ] || fail "its socket is still there"
"$CUCMLAB" control "$socket" time >"$TEST_DIR/said" 2>&1
[ $? -eq 2 ] || fail "nobody serves: exit 2 expected"

# A run that was killed leaves its socket behind: the next one takes the path.
serve scenarios/fleet/first-boot.lua --set phones=1 --addresses 127.51.0.0/16 --control "$socket"
kill -KILL "$pid"
wait "$pid" 2>/dev/null
[ -S "$socket" ] || fail "no stale socket to try with"
serve scenarios/fleet/first-boot.lua --set phones=1 --addresses 127.51.0.0/16 --control "$socket"
asks pause | grep -q '"paused"' || fail "pause"
stop
[ ! -e "$socket" ] || fail "its socket is still there"
ok "stop; a stale socket is taken over"

# A scenario that is over at once: what is served is told first.
: >"$TEST_DIR/empty.lua"
serve "$TEST_DIR/empty.lua" --addresses 127.51.0.0/16
until_done
[ "$(head -n 1 "$TEST_DIR/out")" = ready ] || fail "over before it was ready: $(cat "$TEST_DIR/out")"
stop
ok "an empty scenario serves too"

# What waits long says until when; who asks one that is stopped is told.
printf 'local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub" } }\nwait("10d")\n' >"$TEST_DIR/days.lua"
serve "$TEST_DIR/days.lua" --addresses 127.51.0.0/16 --control "$socket" --speed 10
until_line "waits until 240:00:00, 2[0-9:]* of this machine's clock (--speed F: faster)" 5
[ "$(grep -c '^waits' "$TEST_DIR/out")" -eq 1 ] || fail "a wait that is told more than once"
kill -STOP "$pid"
"$CUCMLAB" control "$socket" time >"$TEST_DIR/lines" 2>"$TEST_DIR/said" &
asker=$!
tries=200
while ! grep -q 'no answer for 5 s: .*stopped (Ctrl-Z)$' "$TEST_DIR/said"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "nobody says that it is stopped: $(cat "$TEST_DIR/said")"
    sleep 0.1
done
kill -CONT "$pid"
wait "$asker" || fail "no answer after it went on: $(cat "$TEST_DIR/said")"
grep -q '"clock"' "$TEST_DIR/lines" || fail "no clock: $(cat "$TEST_DIR/lines")"
"$CUCMLAB" control "$socket" "do" HQ/pub address 127.51.0.40 >/dev/null || fail "an address"
until_line 'pub 127.51.0.40: HTTP 6970, ' 20
[ "$(grep -c '^pub 127.51.0.40' "$TEST_DIR/out")" -eq 1 ] || fail "a node that moved has more lines than one"
stop
ok "a long wait, a lab that is stopped, and where a node listens that moved, are told"

# On a terminal of 30 columns no line is broken, and of one that was made narrower all is taken away.
command -v script >/dev/null || fail "no script(1) (bsdutils)"
cat >"$TEST_DIR/terminal" <<END
stty cols 30 rows 24
TERM=xterm "$CUCMLAB" serve scenarios/fleet/first-boot.lua --set phones=40 --addresses 127.51.0.0/16 \
    --control "$socket" &
sleep 5
stty cols 10
sleep 1.2
"$CUCMLAB" control "$socket" stop >/dev/null
wait
END
script -qec "sh $TEST_DIR/terminal" "$TEST_DIR/typed" </dev/null >/dev/null 2>&1
tr -d '\r' <"$TEST_DIR/typed" | sed 's/\x1b\[[0-9]*[AJ]//g' >"$TEST_DIR/lines"
grep -q '^phones: 4.*Registered' "$TEST_DIR/lines" || fail "nothing drawn: $(cat "$TEST_DIR/lines")"
awk '/^(phones|requests): / && length > 29 { bad = 1 } END { exit bad }' "$TEST_DIR/lines" || fail "lines wider than the terminal"
grep -qE '\[[4-9]A' "$TEST_DIR/typed" || fail "no more is taken away after it was made narrower"
ok "a terminal that is small, or gets smaller"
