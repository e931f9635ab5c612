#!/bin/sh
# Usage: scripts/gen-tables-doc.sh PROGRAM [--check]
#
# Writes docs/STATES.md, DECISION.md, KNOBS.md, MODELS.md, VERSIONS.md, PREFLIGHT.md and SHELL.md from the tables that PROGRAM prints, and the
# pictures of the states and of the decision with graphviz.  With --check writes nothing: exit 1 where a page is stale.
set -u
program=${1:?usage: scripts/gen-tables-doc.sh PROGRAM [--check]}
cd "$(dirname "$0")/.." || exit 2

states() {
    cat <<'END'
# States of a phone

<!-- Made by scripts/gen-tables-doc.sh (make docs) from the table in phones/phone.c: edit that. -->

Names are those that the report and the trace print. *Takes* are the events that a state handles; what *Any state* takes and where it may go is so in every state besides. *Timer* is the knob that
sets its deadline: armed on entry, and anew with each request that begins.

![States of a phone](states.svg)

END
    "$program" states
}

decision() {
    cat <<'END'
# The trust decision, box by box

<!-- Made by scripts/gen-tables-doc.sh (make docs) from the table in phones/trust.c: edit that. -->

How a phone decides about a list, a file, or the certificate of a server: from box to box of this table, which is the code that decides. [TRUST.md](TRUST.md) says which rule is how sure, and which role serves for what.
`cucmlab run --explain` and `cucmlab doctor` name the box in which a phone stopped.

![The trust decision](decision.svg)

END
    "$program" trust
}

knobs() {
    cat <<'END'
# Knobs and parameters

<!-- Made by scripts/gen-tables-doc.sh (make docs) from phones/knobs.c, nodes/params.c and
     sim/core/costs.c: edit those. -->

What no source settles is a named number with a default; a report names the assumed ones that it rests on. A scenario sets a knob with
`knob("tvs_timeout_us", "5s")` or `knob("link_delay_us", "20ms")`, a parameter of a cluster with `hq:set("max_serving", 1500)`, by its name or by its title on the administration page. A number is in the
unit of the table; a time may also be written as it stands there, a switch as `true` or `false`. The third table is about virtual time: on real sockets only `reset_rate` counts.

END
    "$program" knobs
}

models() {
    cat <<'END'
# Models of phones

<!-- Made by scripts/gen-tables-doc.sh (make docs) from phones/model.c: edit that. -->

What a model can do decides what it loses. A scenario names a model by the first column, an inventory by the second. Behind each cell stands how sure it is: documented, observed, inferred or assumed (d, o, i, a);
the sources stand in phones/model.c. *Type* is CUCM's number; *HTTPS*: it opens the secured URLs of Directories and Services, else the plain ones; *Words*: of whose display; *Fetches*: by which protocol, and which common list it asks for where
its own is missing; *List*: the largest trust list that it loads; *Minutes*: of hands, to erase its lists. A row "before 9.3(3)" is the same phone with an older load.

END
    "$program" models
}

versions() {
    cat <<'END'
# CUCM versions

<!-- Made by scripts/gen-tables-doc.sh (make docs) from nodes/version.c: edit that. -->

What differs between versions, and how sure that is, as `cucmlab versions` prints it. Behind each cell stands how sure it is: documented, observed, inferred or assumed (d, o, i, a), as in [TRUST.md](TRUST.md). The last
column says from where, from the version on that stands before it until the next one: numbers are Cisco technotes, SG is the Security Guide of that release, RN its release notes, FN a field notice.

A scenario may name any other release of these trains too ("12.5(1)SU8", "15SU4"): it is read as the newest column that is not after it, and the report says so.

END
    "$program" versions
    cat <<'END'

A name in code font is a parameter of the cluster ([KNOBS.md](KNOBS.md)): sources disagree, and it holds both values. *By itself* is after the database has replicated and what restarts is back.

Roles that TVS gives a certificate, by where it lies: own CallManager of any node SAST and CCM+TFTP (O 118893), Phone-SAST-trust SAST and CallManager-trust TFTP (O 213407), a signer that only the
CTL file knows SAST (O 118893); CAPF, TVS, tomcat, tomcat-trust and ITLRecovery their own (A). Lists and files are signed with SHA-1 unless the parameter *TFTP File Signature Algorithm* says SHA-512 (D).

| What an ITL holds | function | mark |
| --- | --- | --- |
| the signer and the second SAST of the table | SAST | D |
| CallManager and CallManager-ECDSA of that TFTP node, one record each | TFTP; in mixed mode CCM+TFTP | D from 12.5 on, before I; parameter `ccm_role_by_mode` |
| TVS of every node of the cluster | TVS | D |
| CAPF | CAPF | D |

Each TFTP node serves an ITL of its own. The CTL is one for the cluster: SAST, CCM+TFTP of every node that runs CallManager or TFTP, CAPF, no TVS (D 214231). One made by the CTL client lists every
token that was ever added, the one that signs among them, names servers by address and holds no signatures of certificates (O 118892, 118893). Outside mixed mode the records of servers are emptied in it
(O 118892); what \`utils ctl set-cluster non-secure-mode\` leaves three sources tell in three ways (parameter \`ctl_non_secure\`).
END
}

preflight() {
    cat <<'END'
# Before anything is changed

<!-- Made by scripts/gen-tables-doc.sh (make docs) from the tables in sim/preflight/checks_*.c: edit those. -->

`cucmlab preflight cluster.lua` looks at a cluster as it stands, without a plan: which phones trust somebody else than the cluster they stand in, must each be touched, what is to be mended before a
change, and what nobody can know from what is at hand. `cluster.lua` is what `cucmlab import` writes (docs/IMPORT.md, docs/CLUSTER.md); any scenario will do, which is run to its end, and of which no file says anything.

```
cucmlab preflight cluster.lua
cucmlab preflight cluster.lua --why --json findings.json --csv phones.csv
```

Every check is a row of a table: what it asks, how bad it is at worst, why it matters, what to do, and what to collect where nobody can say. It has one of four ends: *pass*, *warn*, *fail* or *cannot know*. A finding is
one fact with its numbers and names, where that fact stands, why it matters and what to do. Facts come from the model of the cluster (how things are) and from the files that it was made of (what was said, and what was not): where no file says, and it
matters, the end is *cannot know*, never a guess. The column *stops* says which changes must not begin while that check fails: a change page refuses the step ([PLAN.md](PLAN.md)).

| exit status | |
| --- | --- |
| 0 | nothing fails |
| 1 | a check fails; with `--strict` also where nobody can know |
| 2 | wrong use, or the file cannot be read |

## Who must be touched

It is found by trying. In a copy of the present one phone of each state boots once: phones that hold the same lists, by the same model, profile, group and access link, and that are on or off alike, are one state. What it lacks then is looked
for in the same way as for a report: a reset, acts of an administrator, hands at the phone (`lists-held`, `next-boot`). What a restart or a day would cost on top is tried too (`next-restart`).

A list that is known by its hash alone, and by the names of its records (a phone's own page says no more), is tried in both cases: its certificates are those that are known under these names, or they are not. Where both end alike, that is said.
Where they do not, the end is *cannot know*, with what would settle it, and never one of the two.

`--csv` has a row for each phone that holds another list than it is served, or loses something at its next boot: `touch` is `yes` (hands at the phone, or nothing that was tried helps), `no` (a reset, or acts of an administrator bring it back) or
`cannot-know` (the two cases differ, or nobody knows its list), `holds` and `served_by` its list and who serves another one, `loses` what it lacks then, `brings_back` what helps. `--json` has all findings ([preflight.schema.json](preflight.schema.json)); each names up to 100 of its phones and counts all.

## An example

A cluster of 8.6 in which CallManager was renewed, and then TVS, while a fifth of the phones was without power.

END
    printf '```\n$ cucmlab preflight scenarios/regenerate/callmanager-then-tvs-some-off.lua\n'
    "$program" preflight scenarios/regenerate/callmanager-then-tvs-some-off.lua
    printf '```\n\n## The checks\n\n'
    "$program" preflight --checks
}

# What is typed there, and what it prints.
typed() {
    printf '```\n$ cucmlab shell %s\n' "$1"
    "$program" shell "scenarios/$1.lua" | sed '$d'
    printf '```\n'
}

shell() {
    cat <<'END'
# The command line of a node

<!-- Made by scripts/gen-tables-doc.sh (make docs) from the tables in sim/cli: edit those. -->

`cucmlab shell SCENARIO|cluster.lua [NODE]` runs a scenario to its end, or takes a cluster that `cucmlab import` made, and then is the command line of one of its nodes: the publisher of the first cluster, or NODE (`sub1`, `HQ/sub1`). What is
typed there is an act of the lab like any other; what is shown is asked of it. Prompts, questions and lines are Cisco's where a document or a listing has them, and the table below says which; commands that are not in it fail as an unknown one does.

Time stands still while somebody types, and passes by `wait`. `undo` takes back the last command that changed something: the scenario is run once more, and all but that command behind it, which makes the same lab to the byte. `save FILE` writes
a scenario that does what was done so far; a cluster that was imported is saved beside its files, which it reads.

Where standard input is no terminal, each of its lines is a command or the answer to a question, and prompt and line are printed as on a terminal; the exit status is 1 where a command failed.

END
    printf 'set cert regen TVS\nyes\nutils service restart Cisco Trust Verification Service\nwait 5m\nutils service list\n' |
        typed regenerate/callmanager
    cat <<'END'

## The database

`run sql` asks the database of the node: one SELECT, answered by SQLite in memory, which is filled from the lab for that query alone and gone behind it. Nothing but SELECT passes, over the tables that are there; time, memory and rows are bounded. `FIRST` and `SKIP` are
understood, `MATCHES`, `OUTER` in front of a table, dates and intervals are refused by name. Where this program was built without libsqlite3, `run sql` says so.

Certificates in it are those that the node sees through replication; those on its disk are on the certificate page, `admin certificate list` here. Behind a restore that CSCtn50405 spoilt the two differ: that is the comparison of technote 116232, and its query works.

END
    printf "run sql select s.name, c.serialnumber from certificate c, certificateservicecertificatemap m, typecertificateservice s where m.fkcertificate = c.pkid and s.enum = m.tkcertificateservice and s.name like 'CallManager%%'\nadmin certificate list\n" |
        typed regenerate/callmanager
    cat <<'END'

The tables: `processnode`, `callmanager`, `callmanagergroup`, `callmanagergroupmember`, `devicepool`, `processconfig` (`ClusterSecurityMode`, `RollBackToPreGrayback`), `certificate`, `certificateservicecertificatemap`, `certificatetrustrolemap`, `device`,
`securityprofile`, `registrationdynamic`, and the `type...` tables that their numbers mean. Columns are those that documents and tools name; numbers of types that no source has, and names of security profiles, are assumed.

## What comes from elsewhere

`set cert import own|trust` takes a certificate that is pasted, up to its line END. `admin ca show` is a certificate authority of the lab, `admin ca sign UNIT` signs the CSR that `set csr gen UNIT` made; a CSR (`show csr own UNIT`) is a real PKCS #10. What a real authority
made of it is taken where it asks for no alternative names.

What nodes print, `cucmlab import` reads: a log of this shell is a cluster as a log of a real one is.

## In scenarios

A scenario types the same: `hq.pub:cli("set cert regen TVS", "yes")` gives what was printed, and a command that fails is an error ([SCENARIOS.md](SCENARIOS.md)).

## Commands

END
    "$program" shell --commands
}

stale=0
for page in states decision knobs models versions preflight shell; do
    file=docs/$(echo "$page" | tr '[:lower:]' '[:upper:]').md
    if [ "${2-}" != --check ]; then
        $page >"$file"
    elif ! $page | cmp -s - "$file"; then
        echo "$file is stale: make docs"
        stale=1
    fi
done
if [ "${2-}" != --check ]; then
    "$program" states --dot | dot -Tsvg >docs/states.svg
    "$program" trust --dot | dot -Tsvg >docs/decision.svg
fi
exit "$stale"
