#!/bin/sh
# `cucmlab doctor` against clusters in every state that it tells apart: exit status, first line, and
# that it asks no more than it promises.
. tests/live/lib/serve.sh

# The clock of the doctor: an hour after the clusters begin (tests/live/doctor.lua).
SOURCE_DATE_EPOCH=1767250800
export SOURCE_DATE_EPOCH

# says EXIT TEXT OPTION...: its status, and how its first line begins.
says() {
    want=$1
    text=$2
    shift 2
    "$CUCMLAB" doctor --wait 1 "$@" >"$TEST_DIR/said" 2>"$TEST_DIR/err"
    status=$?
    first=$(head -n 1 "$TEST_DIR/said")
    case $first in
    "$text"*) ;;
    *) fail "doctor $*: \"$first\", \"$text\" expected" ;;
    esac
    [ "$status" -eq "$want" ] || fail "doctor $*: exit $status, $want expected"
    asked=$(sed -n 's/^Asked: \([0-9]*\) requests*, \([0-9]*\) handshakes*\.$/\1 \2/p' "$TEST_DIR/said")
    if [ "${asked% *}" -gt 10 ] || [ "${asked#* }" -gt 3 ]; then
        fail "doctor $*: asked $asked"
    fi
    case $first in
    *"must be erased: all four conditions hold") ;;
    *) ! grep -q 'Trust List, \*\*#' "$TEST_DIR/said" || fail "doctor $*: erases without need" ;;
    esac
    echo "$first" >>"$TEST_DIR/states"
}

# phone N: the ITL that phone N of the scenario holds.
phone() {
    ls "$TEST_DIR"/dump/*/*/ITLSEP00112100000"$1".tlv
}

# end: without the report, whose search for what brings everybody back takes a while here.
end() {
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
    pid=
}

refuses='--phone-refuses yes'
lost='--phone-refuses yes --key-backup no'
serve tests/live/doctor.lua --set part=1 --dump "$TEST_DIR/dump"
until_done
sum=$(md5sum <"$(phone 0)" | cut -c 1-32)
sha=$(sha1sum <"$(phone 0)" | cut -c 1-40)

says 0 'HEALTHY: the servers are good; no phone was compared' --tftp 127.0.0.11
# What a phone that nobody compared has is not known: no word of its ITL.
says 0 'HEALTHY: the servers are good; no phone was compared' --tftp 127.0.0.11 --mac 001121000000
says 0 'HEALTHY: the servers are good' --tftp 127.0.0.11:6970 --mac 001121000000
says 0 'HEALTHY: nothing is wrong' --tftp 127.0.0.11:"${tftp_port:?}" --mac 00:11:21:00:00:00 --phone-itl "$(phone 0)"
says 0 'HEALTHY: nothing is wrong' --tftp 127.0.0.11 --mac sep001121000000 --phone-itl-checksum "$sum"
says 0 'HEALTHY: nothing is wrong' --tftp 127.0.0.11 --mac 0011.2100.0000 --phone-itl-checksum "$sha"
# shellcheck disable=SC2086
{
    says 1 'SICK: the phone has this very ITL' --tftp 127.0.0.11 --mac 001121000000 $lost --phone-itl-checksum "$sum"
    says 4 'CANNOT TELL: the servers are good' --tftp 127.0.0.11 $refuses
    says 1 'SICK: the TFTP server has no signed configuration' --tftp 127.0.0.11 --mac 00112100FFFF

    says 1 'SICK: the ITL of the phone must be erased' --tftp 127.0.1.11 $lost --phone-itl "$(phone 1)"
    # Moved here from the first cluster, whose TVS it asks.
    says 4 "CANNOT TELL: the phone's ITL names no server of this cluster" --tftp 127.0.1.11 $lost --phone-itl "$(phone 0)"
    says 1 "SICK: the TVS of the phone's old cluster does not know the signer" --tftp 127.0.1.11 --tvs 127.0.0.11 $lost \
        --phone-itl "$(phone 0)"
    says 1 'SICK: ITL and TVS differ; the old key is in a backup' --tftp 127.0.1.11 $refuses --key-backup yes \
        --phone-itl "$(phone 1)"
    says 1 'SICK: the phone has another ITL, and refuses nothing' --tftp 127.0.1.11 --phone-refuses no --key-backup no \
        --phone-itl "$(phone 1)"
    says 4 'CANNOT TELL: the ITL differs' --tftp 127.0.1.11 $lost --phone-itl-checksum "$sum"
    grep -q '^  - which TVS certificate' "$TEST_DIR/said" || fail "it does not say that the ITL file is missing"
    says 4 'CANNOT TELL: the ITL differs' --tftp 127.0.1.11 $refuses --phone-itl "$(phone 1)"
    [ "$(grep -c '^  - ' "$TEST_DIR/said")" = 1 ] || fail "the backup alone is missing"
    says 4 'CANNOT TELL: the ITL differs' --tftp 127.0.1.11 --phone-itl "$(phone 1)"
    says 1 'SICK: ITL and TVS differ, but the phone knows the recovery key' --tftp 127.0.2.11 $lost --phone-itl "$(phone 2)"
    says 1 'SICK: the phone has another ITL, whose SAST signed' --tftp 127.0.3.11 $lost --phone-itl "$(phone 3)"
    says 1 'SICK: the ITL differs, and TVS is good' --tftp 127.0.4.11 $lost --phone-itl "$(phone 4)"
    says 1 'SICK: TVS was not restarted' --tftp 127.0.5.11 $lost --phone-itl "$(phone 5)"
    says 1 'SICK: Cisco Tftp was not restarted' --tftp 127.0.6.11
    says 1 'SICK: TVS shows another certificate than the ITL lists; the phone has this very ITL' --tftp 127.0.6.11 \
        --mac 001121000006 $lost --phone-itl "$(phone 6)"
    says 1 'SICK: TVS and ITL do not belong together' --tftp 127.0.0.11 --tvs 127.0.1.11
    says 1 'SICK: TVS does not know the signer' --tftp 127.0.7.11
}
end
ok "phones: each of the four conditions, and what to do instead"

rm -rf "$TEST_DIR/dump"
serve tests/live/doctor.lua --set part=2 --dump "$TEST_DIR/dump"
until_done
says 1 'SICK: TVS is down' --tftp 127.0.0.11
says 1 'SICK: Cisco Tftp does not run' --tftp 127.0.1.11
says 1 'SICK: no answer on HTTP 6970 or TFTP 69' --tftp 127.0.2.11
says 1 'SICK: the ITL file is corrupt' --tftp 127.0.3.11
says 1 'SICK: "Prepare Cluster for Rollback to pre 8.0" is True' --tftp 127.0.4.11
says 1 'SICK: the clocks differ' --tftp 127.0.5.11
says 1 'SICK: the TVS certificate has expired' --tftp 127.0.6.11
says 1 'SICK: no answer on 2445' --tftp 127.0.0.11 --tvs 127.0.2.11
says 1 'SICK: a certificate that signs has expired' --tftp 127.0.6.11 --tvs 127.0.6.11:6970
says 1 'SICK: TVS does not finish a handshake' --tftp 127.0.0.11 --tvs 127.0.0.11:6970
# The phone knows the TVS of the second node: where that one was not asked nobody may say "erase".
# shellcheck disable=SC2086
{
    says 4 'CANNOT TELL: the ITL differs' --tftp 127.0.7.11 $lost --phone-itl "$(phone 0)"
    says 4 'CANNOT TELL: the ITL differs' --tftp 127.0.7.11 --tvs 127.0.7.11 $lost --phone-itl "$(phone 0)"
    [ "$(grep -c '^  - which TVS certificate' "$TEST_DIR/said")" = 1 ] || fail "that TVS is missing is not said"
    says 1 'SICK: the ITL differs, and TVS is good' --tftp 127.0.7.11 --tvs 127.0.7.12 $lost --phone-itl "$(phone 0)"
}
ok "servers: each sick state"

"$CUCMLAB" doctor --tftp 127.0.6.11 --json - >"$TEST_DIR/said" 2>"$TEST_DIR/err"
grep -q '"diagnosis":.*"tvs-expired"' "$TEST_DIR/said" || fail "no diagnosis in the JSON"
grep -q '"erase_itl":.*false' "$TEST_DIR/said" || fail "JSON: erase_itl"
for wrong in '--tftp' '--mac 0011' '--tftp 127.0.6.11 --mac 00112100000g' '--tftp 127.0.6.11 --phone-itl-checksum 12' \
    '--tftp 127.0.6.11 --phone-itl /dev/null' '--tftp 127.0.6.11 --phone-refuses maybe' '--tftp 1:2:3' \
    "--tftp 127.0.6.11 --phone-ctl $TEST_DIR/dump/TWO/pubTWO/ITLSEP001121000000.tlv" \
    '--tftp 127.0.6.11 --wait 0' '--tftp 127.0.6.11:0' '--tftp 127.0.6.11 --json /nowhere/x'; do
    # shellcheck disable=SC2086
    "$CUCMLAB" doctor $wrong >"$TEST_DIR/said" 2>"$TEST_DIR/err"
    [ $? -eq 2 ] || fail "doctor $wrong: 2 expected"
    [ -s "$TEST_DIR/said" ] && fail "doctor $wrong: says something to standard output"
    [ "$(wc -l <"$TEST_DIR/err")" -eq 1 ] || fail "doctor $wrong: one line expected"
done
ok "JSON, and what is no use"
end

rm -rf "$TEST_DIR/dump"
serve tests/live/doctor-mixed.lua --control "$TEST_DIR/control" --pause
until_line 'held before "mixed mode left' 20
"$CUCMLAB" control "$TEST_DIR/control" step >/dev/null
until_line 'held before "the CTL is updated"' 20
says 1 'SICK: the CTL has not the CallManager certificate of this server' --tftp 127.0.0.11 --mac 001121000000
says 0 'HEALTHY: the servers are good' --tftp 127.0.0.12 --mac 001121000000
says 0 'HEALTHY: the servers are good' --tftp 127.0.1.11 --mac 001121000001
"$CUCMLAB" control "$TEST_DIR/control" continue >/dev/null
until_done
says 0 'HEALTHY: the servers are good' --tftp 127.0.0.11 --mac 001121000000
end
ok "mixed mode: a CTL that was forgotten, one that is right again, one of CAPF alone"
ok "$(sort -u "$TEST_DIR/states" | wc -l) different first lines"
