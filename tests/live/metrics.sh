#!/bin/sh
# --metrics: counters over HTTP on loopback alone, in Prometheus' format, and they count.
. tests/live/lib/serve.sh
port=19853
url=http://127.0.0.1:$port/metrics

serve scenarios/regenerate/callmanager.lua --set phones=4 --addresses 127.53.0.0/16 --metrics $port
until_done
get() {
    curl -sS -f -m 5 -o "$TEST_DIR/got" "$@" || fail "curl $*"
}
# has LINE: of the metrics, a regular expression.
has() {
    grep -Eq "^$1\$" "$TEST_DIR/got" || { cat "$TEST_DIR/got"; fail "no line is $1"; }
}
get $url
has 'cucmlab_requests_total\{node="pub",service="TVS",answer="trusted"\} [1-9][0-9]*'
has 'cucmlab_requests_total\{node="pub",service="TFTP",answer="sent"\} [1-9][0-9]*'
has 'cucmlab_requests_total\{node="pub",service="SCCP",answer="RegisterAck"\} [1-9][0-9]*'
has 'cucmlab_phones\{state="Registered"\} 4'
has 'cucmlab_phones_lost\{function="registration"\} 0'
has 'cucmlab_handshakes_total\{node="pub",service="TVS",result="done"\} [1-9][0-9]*'
has 'cucmlab_tvs_requests_total\{worker="0"\} [1-9][0-9]*'
has 'cucmlab_tvs_handshakes_total\{worker="0"\} [1-9][0-9]*'
has 'cucmlab_connections\{of="registered phones"\} 4'
has 'cucmlab_step [1-9]'
before=$(sed -n 's/^cucmlab_requests_total{node="pub",service="HTTP",answer="503"} //p' "$TEST_DIR/got")
curl -sS -m 5 -o "$TEST_DIR/file" http://127.53.0.11:6970/nothing
curl -sS -m 5 -o "$TEST_DIR/file" https://127.53.0.11:8443/ccmcip/xmldirectory.jsp 2>/dev/null
get $url -o "$TEST_DIR/file" $url # a connection is kept
get $url
after=$(sed -n 's/^cucmlab_requests_total{node="pub",service="HTTP",answer="503"} //p' "$TEST_DIR/got")
[ "${after:-0}" -eq $((${before:-0} + 1)) ] || fail "503: ${before:-0}, then ${after:-0}"
has 'cucmlab_handshakes_total\{node="pub",service="HTTPS",result=".*(unknown ca|bad certificate)"\} 1'
# A line is a comment, or a name, labels in braces, a number.
bad=$(grep -Ev '^# (HELP|TYPE) cucmlab_[a-z_]+ .|^cucmlab_[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [0-9.]+$' "$TEST_DIR/got")
[ -z "$bad" ] || fail "lines of another form: $bad"
ok "counters of nodes, phones and losses"

for what in "404 http://127.0.0.1:$port/" "405 -X POST $url" "200 -I $url"; do
    # shellcheck disable=SC2086 # words
    status=$(curl -sS -m 5 -o "$TEST_DIR/file" -w '%{http_code}' ${what#* })
    [ "$status" = "${what%% *}" ] || fail "$what: $status"
done
printf 'rubbish\r\n\r\n' | curl -sS -m 2 "telnet://127.0.0.1:$port" >"$TEST_DIR/file" 2>&1
grep -q '^HTTP/1.1 400' "$TEST_DIR/file" || fail "rubbish: $(cat "$TEST_DIR/file")"
curl -sS -m 2 -o "$TEST_DIR/file" "http://127.53.0.11:$port/metrics" 2>/dev/null && fail "not on 127.0.0.1 alone"
"$CUCMLAB" serve scenarios/fleet/first-boot.lua --addresses 127.54.0.0/16 --metrics $port \
    >"$TEST_DIR/second" 2>&1
[ $? -eq 2 ] && grep -q 'cannot listen on 127.0.0.1' "$TEST_DIR/second" || fail "a port that is taken"
ok "nothing else is served there"

# Any number who say nothing keep nobody out: the oldest goes.
i=0
silent=
while [ $i -lt 80 ]; do
    i=$((i + 1))
    sleep 4 | curl -sS -m 5 "telnet://127.0.0.1:$port" >/dev/null 2>&1 &
    silent="$silent $!"
done
sleep 0.5
get $url
has 'cucmlab_memory_bytes\{of="in use"\} [0-9]+'
has 'cucmlab_memory_bytes\{of="resident"\} [1-9][0-9]*'
has 'cucmlab_open_files\{of="now"\} [1-9][0-9]*'
# shellcheck disable=SC2086 # pids
kill $silent 2>/dev/null
ok "nor does anybody keep others out"

# Who waits while no descriptor is left costs no time of the processor.
# shellcheck disable=SC2154 # serve() sets pid
ticks() { awk '{ print $14 + $15 }' "/proc/$pid/stat"; }
free=0
while [ -e "/proc/$pid/fd/$free" ]; do free=$((free + 1)); done
limit=$(prlimit --pid "$pid" --nofile --output SOFT --noheadings)
prlimit --pid "$pid" --nofile="$free:"
curl -sS -m 20 "$url" >"$TEST_DIR/late" 2>&1 &
late=$!
sleep 0.2
before=$(ticks)
sleep 1
after=$(ticks)
prlimit --pid "$pid" --nofile="$limit:"
[ $((after - before)) -lt 40 ] || fail "without a descriptor: $((after - before)) ticks a second"
wait "$late" && grep -q '^cucmlab_' "$TEST_DIR/late" || fail "not answered when there is one again: $(cat "$TEST_DIR/late")"
ok "who waits for a descriptor waits"
stop

# What threads of TVS served, each of its own.
serve scenarios/fleet/first-boot.lua --set phones=1 --addresses 127.53.0.0/16 --metrics $port --tvs-workers 2
until_done
"$CUCMLAB" load tvs 127.53.0.11 --rate 40 --duration 500ms --quiet >"$TEST_DIR/load" 2>&1 ||
    fail "load: $(cat "$TEST_DIR/load")"
get $url
sum=$(sed -n 's/^cucmlab_tvs_requests_total{worker="[12]"} //p' "$TEST_DIR/got" | awk '{ n += $1 } END { print n + 0 }')
[ "$sum" -ge 20 ] || fail "workers served $sum requests, 20 were asked"
grep -q 'tvs_requests_total{worker="0"}' "$TEST_DIR/got" && fail "the driver served TVS beside its workers"
ok "requests by the thread that served them"
stop

# A node that is added again has its name, and its counters go on: no two lines have the same labels.
cat >"$TEST_DIR/two.lua" <<'END'
-- A node that is removed and added again
-- live = true
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
hq:set("groups_lose_nodes", 1)
settle()
END
chmod 700 "$TEST_DIR"
serve "$TEST_DIR/two.lua" --addresses 127.53.0.0/16 --metrics $port --control "$TEST_DIR/lab"
until_done
asks() { # ADDRESS: until it is answered
    tries=100
    until curl -s -m 5 -o "$TEST_DIR/file" "http://$1:6970/nothing"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "$1 answers nothing"
        sleep 0.05
    done
}
act() {
    "$CUCMLAB" control "$TEST_DIR/lab" "do" "$@" >"$TEST_DIR/said" 2>&1 || fail "$*: $(cat "$TEST_DIR/said")"
}
asks 127.53.0.12
act HQ/sub remove
act HQ add_node sub
act HQ/sub activate Cisco Tftp
asks 127.53.0.13
get $url
has 'cucmlab_requests_total\{node="sub",service="HTTP",answer="503"\} 2'
same=$(grep -v '^#' "$TEST_DIR/got" | sed 's/ [0-9.]*$//' | sort | uniq -d)
[ -z "$same" ] || fail "more than once: $same"
ok "a node that is added again"
stop
