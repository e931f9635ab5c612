#!/bin/sh
# The same list of states per phone, and of all else that it says (messages, refusals, TVS, losses),
# in virtual time and live: every scenario whose header says so, and some below.  Times and numbers
# of contents aside.
. tests/live/lib/serve.sh

# said TRACE: the lines of phones, each phone's in their order.
said() {
    sed -n 's/^[^ ]* \(SEP[0-9A-F]* \)/\1/p' "$1" |
        sed 's/, content [0-9]*//; s/ content [0-9]*//' | sort -s -k 1,1
}

cat >"$TEST_DIR/failover.lua" <<'END'
-- CallManager stopped and started: over to the second server and back
-- live = true
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 20), model = "8861" }
settle()
step("stop", function() hq.pub:stop("Cisco CallManager") end)
settle()
expect(fleet:count { server = "sub" }):equals(fleet:count())
step("start", function() hq.pub:start("Cisco CallManager") end)
settle()
expect(fleet:count { server = "pub" }):equals(fleet:count())
END

cat >"$TEST_DIR/capf.lua" <<'END'
-- LSCs installed, shown and deleted, by what phones have and by a string
-- live = true
local n = param("phones", 20) / 2
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
hq:ctl("mixed-mode")
hq:reset()
local secure = hq:phones { count = n, model = "8845", security = "encrypted", encrypted = true }
local plain = hq:phones { count = n, model = "7965" }
settle()
step("install", function()
  secure:install_lsc { by = "By Existing Certificate (Precedence to MIC)" }
  plain:install_lsc { by = "By Authentication String", string = "4711" }
  hq:reset()
end)
settle()
step("enter", function() plain:enter_string("4711") end)
settle()
for _, fleet in ipairs { secure, plain } do
  expect(fleet:count { certificate_operation = "Upgrade Success", certificate = "LSC", registered = true }):equals(n)
end
step("troubleshoot and delete", function()
  secure:troubleshoot_lsc { by = "By Existing Certificate (Precedence to LSC)" }
  plain:delete_lsc {}
  hq:reset()
end)
settle()
expect(secure:count { certificate_operation = "Troubleshoot Success", certificate = "LSC", lost = false }):equals(n)
expect(plain:count { certificate_operation = "Delete Success", certificate = "MIC", lost = false }):equals(n)
END

cat >"$TEST_DIR/address.lua" <<'END'
-- A subscriber gets another address; phones go there when option 150 says so
-- live = true
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 20), model = "8861" }
settle()
step("set network ip", function() hq.sub:address("127.0.0.77") end)
settle()
step("option 150", function()
  fleet:move { tftp = { hq.sub } }
  hq:reset()
end)
settle()
expect(fleet:count { lost = true }):equals(0)
expect(fleet:count { registered = true }):equals(fleet:count())
END

cat >"$TEST_DIR/oldest-tls.lua" <<'END'
-- TLS 1.2 at least: old phones do not reach TVS any more, new ones do
-- live = true
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
local n = param("phones", 20)
local new = hq:phones { count = n, model = "8861" }
local old = hq:phones { count = n, model = "7965" }
settle()
step("minimum", function()
  hq:set("set tls min-version", "1.2")
  hq.pub:restart("CallManager", "TVS", "Tomcat")
end)
settle()
step("regenerate ITLRecovery", function()
  hq.pub:regenerate("ITLRecovery")
  hq.pub:restart("Cisco Tftp")
end)
settle()
step("reset", function() hq:reset() end)
settle()
expect(new:count { lost = true }):equals(0)
expect(old:count { lost = "trust list" }):equals(old:count())
END

# one FILE NET: the scenario both ways, its result a line in $TEST_DIR/NAME/result.  A network of its
# own, so that several run at a time.
one() {
    name=$(basename "$1" .lua)
    at=$TEST_DIR/$name.run
    mkdir -p "$at"
    echo "FAIL  $name: no result" >"$at/result"
    "$CUCMLAB" run "$1" --no-what-if --set phones=20 --trace "$at/virtual.trace" >"$at/out" 2>&1 ||
        { echo "FAIL  $name does not hold in virtual time" >"$at/result"; return; }
    : >"$at/out"
    "$CUCMLAB" serve "$1" --set phones=20 --addresses "$2" --trace "$at/live.trace" \
        >"$at/out" 2>"$at/err" &
    served=$!
    tries=1800
    while ! grep -q '^scenario done' "$at/out" && kill -0 "$served" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || break
        sleep 0.05
    done
    kill -TERM "$served" 2>/dev/null
    wait "$served" || { echo "FAIL  $name: live ended with $?" >"$at/result"; return; }
    said "$at/virtual.trace" >"$at/virtual"
    said "$at/live.trace" >"$at/live"
    lines=$(wc -l <"$at/virtual")
    if [ "$(cut -d ' ' -f 1 "$at/virtual" | uniq | wc -l)" -lt 20 ]; then
        echo "FAIL  $name: not 20 phones" >"$at/result"
    elif [ "$(grep -c ' Requesting configuration$' "$at/virtual")" -lt 20 ]; then
        echo "FAIL  $name: no states in the trace" >"$at/result"
    elif [ "$tries" -eq 0 ] || grep -q FAILED "$at/out"; then
        echo "FAIL  $name does not hold live" >"$at/result"
    elif ! diff "$at/virtual" "$at/live" >"$at/err"; then
        echo "FAIL  $name: virtual < > live" >"$at/result"
    else
        echo "ok    $name: as in virtual time, $lines lines" >"$at/result"
    fi
}

# In fours.  One that differs is tried once more, alone: on a busy machine a deadline may come
# while nobody could answer.
set -- "$TEST_DIR"/*.lua
# shellcheck disable=SC2046
set -- "$@" $(grep -l '^-- live = true' scenarios/*/*.lua)
[ "$#" -ge 25 ] || fail "only $# scenarios for real sockets"
net=100
for file in "$@"; do
    one "$file" "127.$net.0.0/16" &
    net=$((net + 1))
    [ $((net % 4)) -ne 0 ] || wait
done
wait
bad=0
for file in "$@"; do
    at=$TEST_DIR/$(basename "$file" .lua).run
    grep -q '^ok' "$at/result" || one "$file" 127.99.0.0/16
    cat "$at/result"
    grep -q '^ok' "$at/result" && continue
    cat "$at"/out "$at"/err 2>/dev/null | sed 's/^/  /' | head -60
    bad=1
done
exit $bad
