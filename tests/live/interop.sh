#!/bin/sh
# Other people's programs against ours: SIPp registers at CallManager.
. tests/live/lib/serve.sh
serve scenarios/fleet/first-boot.lua --set phones=20
until_done

# register STATUS CALLS OPTION...: so many REGISTER of the devices in phones.csv, each answered so.
register() {
    status=$1
    calls=$2
    shift 2
    sed "s/STATUS/$status/" tests/live/register.xml >"$TEST_DIR/register.xml"
    # -skip_rlimit: a container may not raise its limit; standard input is no terminal.
    (cd "$TEST_DIR" && timeout 60 sipp 127.0.0.11:5060 -sf register.xml -inf phones.csv -m "$calls" -i 127.0.0.1 \
        -nostdin -skip_rlimit -timeout 40s -timeout_error -recv_timeout 20000 -trace_err "$@" >sipp 2>err </dev/null) ||
        { cat "$TEST_DIR"/*_errors.log >>"$TEST_DIR/err" 2>/dev/null; fail "SIPp: $status expected"; }
}

{
    echo SEQUENTIAL
    for i in $(seq 0 19); do
        mac=$(printf '%012X' $((0x1121000000 + i)))
        echo "SEP$mac;$((1000 + i));$mac"
    done
} >"$TEST_DIR/phones.csv"
register 200 20 -t t1 -r 20
ok "SIPp: 20 phones on one connection"
register 200 200 -t tn -max_socket 100 -r 200
ok "SIPp: 200 times, a connection each"
printf 'SEQUENTIAL\nSEPFFFFFFFFFFFF;99;ffffffffffff\n' >"$TEST_DIR/phones.csv"
register 404 5 -t t1 -r 10
ok "SIPp: a device that is in no database is not found"
stop
