#!/bin/sh
# The command line: scenarios by name, exit codes, messages, and the files that options write.
# shellcheck disable=SC2015,SC2016 # what is asked here holds or fails as a whole; words for another shell
set -u
cd "$TEST_DIR" || exit 1
root=$OLDPWD
bad=0

# says STATUS WORD COMMAND...: its exit status, and a word of what it prints.
says() {
    status=$1 word=$2
    shift 2
    "$@" >out 2>&1 </dev/null
    got=$?
    if [ "$got" -ne "$status" ] || ! grep -qF -e "$word" out; then
        echo "$*: exit $got, expected $status and \"$word\":"
        cat out
        bad=1
    fi
}

cat >small.lua <<'LUA'
-- Two phones boot
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 2), model = "7965" }
settle()
expect(fleet:count { registered = true }):equals(fleet:count())
LUA
sed 's/equals(fleet:count())/equals(0)/' small.lua >fails.lua
cat >lost.lua <<'LUA'
-- Both certificates at once
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 3), model = "7965" }
settle()
step("regenerate both", function()
  hq.pub:regenerate("CallManager")
  hq.pub:regenerate("TVS")
  hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
end)
settle()
step("reset the phones", function() fleet:reset() end)
settle()
LUA
sed '/step("reset/d' lost.lua >latent.lua
echo 'local hq = cluster {' >broken.lua

# Calls of the scenario in each other, as deep as they may be, need no large stack.
cat >nested.lua <<'LUA'
-- Nesting
local step_number = 0
local function nest(n, call) if n > 0 then call(function() nest(n - 1, call) return "y" end) end end
nest(59, pcall)
nest(59, function(f) local _ = ("x"):gsub(".", f) end)
nest(59, function(f) table.sort({ 1, 2 }, function() f = f and f() and nil return false end) end)
nest(59, function(f) step_number = step_number + 1 step("step " .. step_number, f) end)
local ok, why = pcall(nest, 60, pcall)
error(why or "deep enough", 0)
LUA
says 2 "nested.lua:9: deep enough" sh -c "ulimit -s 256 && exec '$CUCMLAB' run nested.lua"

says 0 "VERDICT: no phone loses anything" "$CUCMLAB" run small.lua
says 0 "2 phones" "$CUCMLAB" run small
says 0 "7 phones" "$CUCMLAB" --seed 5 run small --set phones=7
says 0 "seed 9" "$CUCMLAB" run --seed=9 -- small.lua
says 0 "seed 1, identity 9" "$CUCMLAB" --identity 9 run small.lua
says 2 "--identity x: a number" "$CUCMLAB" run small.lua --identity=x
says 1 "fails.lua:5: FAILED" "$CUCMLAB" run fails.lua --quiet
says 0 "VERDICT: 3 of 3 phones need hands" "$CUCMLAB" run lost.lua
says 1 "VERDICT: 3 of 3 phones need hands" "$CUCMLAB" run lost.lua --fail-on-risk
says 1 "3 phones would lose more at the next boot" "$CUCMLAB" run latent.lua --fail-on-risk
says 0 "at 7 a phone; with 1 person" "$CUCMLAB" run lost.lua --set hands_minutes=7 --set people=1

says 2 "Usage:" "$CUCMLAB"
says 2 "unknown command \"frob\"" "$CUCMLAB" frob
says 2 "unknown command \"rnu\": did you mean run?" "$CUCMLAB" rnu
says 2 "unknown option --jsn=x: did you mean --json?" "$CUCMLAB" run small.lua --jsn=x
says 0 "Usage: cucmlab COMMAND" "$CUCMLAB" -h
says 0 "Usage: cucmlab run" "$CUCMLAB" run -h
says 0 "Usage: cucmlab serve" "$CUCMLAB" help serve
says 2 "unknown command \"srve\": did you mean serve?" "$CUCMLAB" help srve
says 2 "no IPv4 address" "$CUCMLAB" load tvs no-such-host.invalid --rate 1
says 2 "no scenario \"nowhere\"" "$CUCMLAB" run nowhere
says 2 "is a folder; a scenario is a file" "$CUCMLAB" run .
says 2 "a scenario is needed" "$CUCMLAB" run
says 2 "one word too many" "$CUCMLAB" run small.lua lost.lua
says 2 "unknown option --frob" "$CUCMLAB" run small.lua --frob
says 2 "unknown option --json" "$CUCMLAB" list --json x
says 2 "--json needs a value" "$CUCMLAB" run small.lua --json
says 2 "--seed -1: a number" "$CUCMLAB" run small.lua --seed -1
says 2 "NAME=VALUE was expected" "$CUCMLAB" run small.lua --set phones
says 2 "no parameter \"x\"" "$CUCMLAB" run small.lua --set x=1
# Before anything runs: no part of another name is one.
says 2 "no parameter \"phone\" in small.lua (one of phones)" "$CUCMLAB" run small.lua --set phone=1
grep -q VERDICT out && { echo "--set phone: told behind the run"; bad=1; }
printf 'for k, v in pairs { rooms = 1 } do param(k, v) end\nparam([[halls]], 1)\n' >keys.lua
says 0 "rooms=2 (default 1), halls=3 (default 1)" "$CUCMLAB" run keys.lua --set rooms=2 --set halls=3
says 0 "there is no phone" "$CUCMLAB" run /dev/null
grep -q "rests on" out && { echo "no phone, and assumptions"; bad=1; }
says 2 "only one of --rate, --concurrency" "$CUCMLAB" load tvs 127.0.0.1 --rate 1 --concurrency 1
says 2 "broken.lua:2:" "$CUCMLAB" run broken.lua
says 2 "no phone \"SEP1\"" "$CUCMLAB" run small.lua --explain SEP1
says 2 "No such file" "$CUCMLAB" run small.lua --trace nowhere/trace
says 2 "No such file" "$CUCMLAB" run small.lua --csv nowhere/csv
says 2 "--json: nowhere/json: No such file" "$CUCMLAB" run small.lua --json nowhere/json
grep -q VERDICT out && { echo "--json nowhere/json: tried behind the run"; bad=1; }
says 2 "--dump: small.lua/file: Not a directory" "$CUCMLAB" run small.lua --dump small.lua
says 2 "--json and --csv cannot both" "$CUCMLAB" run small.lua --json - --csv /dev/stdout
says 2 "--json is given twice: a, then b" "$CUCMLAB" run small.lua --json a --json=b
says 2 "--json and --csv would both write a" "$CUCMLAB" run small.lua --json a --csv a
says 2 "--json and --csv would both write ./new" "$CUCMLAB" run small.lua --json new --csv ./new
says 2 "--json and --svg would both write ./new" "$CUCMLAB" load tvs 127.0.0.1 --rate 1 --json new --svg ./new
"$CUCMLAB" run - --json - <small.lua >alone 2>out && grep -q '"verdict"' alone || { echo "run - --json -:"; cat out; bad=1; }
# What is read is not written over, by whatever name.
printf 'SEP001121000000\n' >kept.txt
says 2 "--csv would write over ./kept.txt, which is read as --off" "$CUCMLAB" run small.lua --off kept.txt --csv ./kept.txt
says 2 "which is read as --inventory" "$CUCMLAB" run small.lua --inventory HQ=kept.txt --json kept.txt
says 2 "which is read as --pools" "$CUCMLAB" run small.lua --inventory x --pools kept.txt --trace kept.txt
says 2 "which is read as the scenario" "$CUCMLAB" run small.lua --junit small.lua
says 2 "--hdr would write over ./kept.txt, which is read as --cert" "$CUCMLAB" load tvs 127.0.0.1 --rate 1 --cert kept.txt --hdr ./kept.txt
says 2 "which is read as --inventory" "$CUCMLAB" load tvs 127.0.0.1 --rate 1 --inventory kept.txt --json kept.txt
says 2 "--svg would write over kept.txt, which is read as a result" "$CUCMLAB" merge x kept.txt --svg kept.txt
grep -qx SEP001121000000 kept.txt || { echo "kept.txt: written over"; bad=1; }
says 2 "--set users_follow=101: a number from 1 to 100 was expected" "$CUCMLAB" run small.lua --set users_follow=101
says 2 "big.trace: could not write all of it: File too large" sh -c 'ulimit -f 1; exec "$CUCMLAB" run small.lua --trace big.trace'
says 2 "--pools x: it says the groups" "$CUCMLAB" run small.lua --pools x
says 0 "Usage: cucmlab run" "$CUCMLAB" run --help
says 0 "sgn verify FILE --with CERT.pem" "$CUCMLAB" sgn --help
says 0 "cucmlab " "$CUCMLAB" --version
says 0 "| Requesting ITL |" "$CUCMLAB" states
says 0 '"Registering" -> "Registered";' "$CUCMLAB" states --dot

# Scenarios by name, from anywhere, and from standard input.
says 0 "first-boot" "$CUCMLAB" list
says 0 "scenarios/fleet/first-boot.lua, with phones=2" "$CUCMLAB" run first-b --set phones=2
# What `list` gives as an example is one.
# shellcheck disable=SC2016 # the backtick is what it prints
example=$("$CUCMLAB" list 2>&1 | sed -n 's/.*`cucmlab run \(.*\)`.*/\1/p')
says 0 "/$example" "$CUCMLAB" run "$example" --no-what-if
says 2 "no scenario \"fist-boot\": did you mean first-boot?" "$CUCMLAB" run fist-boot
mkdir -p empty/scenarios
(cd empty && "$CUCMLAB" list) >out 2>&1 && grep -q "^  first-boot" out ||
    { echo "list beside an empty folder:"; cat out; bad=1; }
"$CUCMLAB" run - <small.lua >out 2>&1 && grep -q '^Scenario    standard input' out ||
    { echo "run -:"; cat out; bad=1; }

# A file that goes to standard output is alone there, and the words go beside it.
for option in --json --csv --trace; do
    for name in - /dev/stdout /dev/fd/1; do
        "$CUCMLAB" run lost.lua $option file >/dev/null
        "$CUCMLAB" run lost.lua $option $name >alone 2>words
        # The command line is in the JSON, and not the same.
        sed -i '/"command":/d; /"made":/d' file alone
        cmp -s file alone && grep -q "^VERDICT: 3 of 3" words ||
            { echo "$option $name: not alone, or no words"; bad=1; }
    done
done

# Devices, links and FIFOs stay what they are.
ln -s target link
says 0 "VERDICT" "$CUCMLAB" run lost.lua --json link
says 0 "VERDICT" "$CUCMLAB" run lost.lua --csv /dev/null
[ -L link ] && [ -s target ] && [ -c /dev/null ] || { echo "a link or a device was replaced"; bad=1; }

says 2 "/dev/full: No space" "$CUCMLAB" run small.lua --json /dev/full
[ -c /dev/full ] || { echo "/dev/full was replaced"; bad=1; }
# One file that cannot be written keeps no other from being written.
says 2 "/dev/full: No space" "$CUCMLAB" run lost.lua --json /dev/full --csv other.csv --junit other.xml
[ -s other.csv ] && [ -s other.xml ] || { echo "a full disk for JSON: no CSV or JUnit"; bad=1; }
# Who reads no more ends it as a signal would, and the file is there.
"$CUCMLAB" run lost.lua --json piped.json 2>out | :
[ -s piped.json ] && [ ! -s out ] || { echo "a pipe that ends:"; cat out; bad=1; }

# A stream of its own that ends is a file that could not be written: one line, exit 2.
for option in --json --csv --trace --junit; do
    { sleep 0.2; "$CUCMLAB" run lost.lua $option - --quiet 2>out; echo $? >status; } | :
    [ "$(cat status)" = 2 ] && [ "$(grep -c '^cucmlab: standard output: .*Broken pipe$' out)" = 1 ] ||
        { echo "$option - into a pipe that ends: $(cat status)"; cat out; bad=1; }
done
for option in --letter --dump; do
    says 2 "$option -: a folder is expected" "$CUCMLAB" run small.lua $option -
done

# What the options write.
says 0 "SEP001121000001" "$CUCMLAB" run lost.lua --json a.json --csv a.csv --trace a.trace \
    --dump dump --explain SEP001121000001
says 0 "same" "$CUCMLAB" diff a.json a.json
says 0 "no phone" "$CUCMLAB" run small.lua --json b.json --trace b.jsonl
says 1 "was 3 of 3 phones need hands" "$CUCMLAB" diff a.json b.json
says 2 "not JSON" "$CUCMLAB" diff a.json a.csv
# Nothing is lost yet, and one of them is a bomb.
says 0 "VERDICT" "$CUCMLAB" run latent.lua --json now.json --quiet
sed 's/"8.6"/"10.5(2)"/' latent.lua >later.lua
says 0 "VERDICT" "$CUCMLAB" run later.lua --json later.json --quiet
says 1 "Clusters" "$CUCMLAB" diff now.json later.json
says 0 "VERDICT" "$CUCMLAB" run small.lua --identity 2 --json c.json --quiet
says 1 "Identity" "$CUCMLAB" diff b.json c.json
says 0 "verified successfully" "$CUCMLAB" itl show --release=10 dump/HQ/pub/ITLSEP001121000001.tlv

# Nothing that could not be written is a result.
full() {
    if "$@" >/dev/full 2>out || ! grep -q "No space left" out; then
        echo "$* to a full device: no error"
        bad=1
    fi
}
signed=$root/tests/vectors/firmware/lab.loads
full "$CUCMLAB" itl show dump/HQ/pub/ITLSEP001121000001.tlv
full "$CUCMLAB" sgn strip "$signed"
full "$CUCMLAB" sgn verify "$signed" --with "$root/tests/vectors/firmware/signer.pem"
for word in --version --help help; do full "$CUCMLAB" $word; done
full "$CUCMLAB" itl --help
full "$CUCMLAB" knobs
full "$CUCMLAB" states
full "$CUCMLAB" list
full "$CUCMLAB" run --help
full "$CUCMLAB" run small.lua
# Lost by the last line of all, which leaves nothing to flush behind it.
mkdir -p many/scenarios
for i in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 \
    40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58; do
    sed '1s/.*/-- A title of some forty characters, no more/' small.lua >many/scenarios/s$i.lua
done
title=x
for i in 1 2 3 4 5 6 7 8; do
    title=$title-xxxxxxxxxxxxxxxxxxx
    sed "1s/.*/-- $title/" small.lua >many/scenarios/s10.lua
    full env -C many "$CUCMLAB" list
done

# Every version of a name: what the phone had at first, and what came later.
set -- dump/HQ/pub/ITLSEP001121000001.tlv.0-0*
[ $# -eq 1 ] && says 1 "Changed: TVS record" "$CUCMLAB" itl diff "$1" \
    dump/HQ/pub/ITLSEP001121000001.tlv || { echo "dump: $*"; bad=1; }
tail -n 1 a.trace | grep -Eqx 'hash [0-9a-f]{16}' || { echo "a.trace: no hash"; bad=1; }
tail -n 1 b.jsonl | grep -Eqx '\{"hash":"[0-9a-f]{16}"\}' || { echo "b.jsonl: no hash"; bad=1; }
[ "$(wc -l <a.csv)" -eq 4 ] || { echo "a.csv: not 4 lines"; bad=1; }

# A folder of letters has those of the last run alone, and a folder of files says what it had.
says 0 "VERDICT" "$CUCMLAB" run lost.lua --letter letters --quiet
[ -s letters/letter-en.txt ] && [ -s letters/letter-nl.txt ] || { echo "no letters: $(ls letters)"; bad=1; }
: >letters/factory-reset.csv
: >letters/mine
says 0 "no phone loses anything" "$CUCMLAB" run small.lua --letter letters --quiet
[ "$(ls letters)" = mine ] || { echo "letters of another run: $(ls letters)"; bad=1; }
says 0 "--dump dump: it is not empty" "$CUCMLAB" run small.lua --dump dump --quiet
says 0 "VERDICT" "$CUCMLAB" run small.lua --dump another --quiet
grep -q "not empty" out && { echo "a new folder is not empty"; bad=1; }

# A run that lasts: what has happened so far is printed when somebody stops it.
cat >endless.lua <<'LUA'
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = 2000, model = "7965" }
settle()
step("again and again")
for i = 1, 5000 do fleet:reset() settle() end
LUA
# stopped SIGNAL STATUS WORDS
stopped() {
    "$CUCMLAB" run endless.lua --json stopped.json >out 2>&1 &
    child=$!
    sleep 1
    kill -"$1" "$child"
    wait "$child"
    got=$?
    [ "$got" -eq "$2" ] && grep -q "^VERDICT: " out && grep -q "^Stopped     by $3 at " out &&
        grep -q "\"stopped\":.*$3" stopped.json ||
        { echo "$1: exit $got"; cat out; bad=1; }
}
stopped TERM 143 SIGTERM
stopped HUP 129 SIGHUP
# A shell without job control starts children that ignore SIGINT; perl does not.
env perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$CUCMLAB" run endless.lua --quiet >out 2>&1 &
child=$!
sleep 1
kill -INT "$child"
wait "$child"
[ $? -eq 130 ] && grep -q "^Stopped by Ctrl-C (SIGINT)." out || { echo "INT:"; cat out; bad=1; }

# Phones that are off, an end, and a date.
printf 'SEP001121000001\nSEPNONE\n' >off.txt
says 0 "off.txt:2: no phone SEPNONE in this run" "$CUCMLAB" run latent.lua --off off.txt
grep -qx "Off         off.txt: 1 phone off from the start, 1 of its names no phone has" out ||
    { echo "no line of --off:"; cat out; bad=1; }
says 0 "Run         26:00:00, seed 1" "$CUCMLAB" run small.lua --until 1d2h
says 2 "--until: a time from the start" "$CUCMLAB" run small.lua --until=soon
says 2 "nothing says when the run begins" "$CUCMLAB" run small.lua --until "2026-03-14 06:00"
{ echo 'start("2026-03-14 06:00", "+01:00")'; cat small.lua; } >dated.lua
says 0 "from 2026-03-14 06:00:00 to 2026-03-16 08:00:00 (+01:00)" \
    "$CUCMLAB" run dated.lua --until "2026-03-16 08:00" --trace dated.trace
tail -n 2 dated.trace | grep -q "^0:01:0[0-9.]* 2026-03-14T06:01:0[0-9]+01:00 SEP" ||
    { echo "dated.trace: no dates"; bad=1; }

# Real phones.
cat >real.lua <<'LUA'
-- Phones of an export
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub", "sub1", "sub2" } }
local fleet = hq:phones { count = 1, model = "7965" }
settle()
expect(fleet:count()):equals(594)
LUA
vectors=$root/tests/vectors
says 0 "601 rows: 594 phones, 7 left out" "$CUCMLAB" run real.lua --inventory "$vectors/phones.csv" \
    --pools "$vectors/pools.csv"
says 1 "7 rows of the inventory are left out" "$CUCMLAB" run real.lua --strict \
    --inventory "HQ=$vectors/phones.csv" --pools "HQ=$vectors/pools.csv"
says 1 "simulated as Cisco 8861 (--as)" "$CUCMLAB" run real.lua --strict --as "Cisco 7965=8861" \
    --inventory "$vectors/phones.csv" --pools "$vectors/pools.csv"
says 2 "phones.csv:2: device pools that stand in no --pools file" "$CUCMLAB" run real.lua \
    --inventory "$vectors/phones.csv"
says 0 "Cisco 7965" "$CUCMLAB" models
exit "$bad"
