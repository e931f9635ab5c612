#!/bin/sh
# Usage: tests/site.sh PROGRAM SITE [PHONES]
#
# import(export(truth)) is the truth: the sample site is written by SITE (tests/site) in every
# shape, read back by PROGRAM, and held against the truth: each shape alone, all at once, in another
# order under names that say nothing, and from archives.  No secret of the files comes out again.
set -u
program=${1:?usage: tests/site.sh PROGRAM SITE [PHONES]}
site=${2:?usage: tests/site.sh PROGRAM SITE [PHONES]}
phones=${3:-3000}
pages=$((phones / 10))
shapes='cli single bat specific tar pages axl json ris services snapshot wire doctor pem der tlv
itlstatus cachelist'

dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
bad=0

sample() {
    "$site" --cache "$dir/keys" --phones "$phones" --pages "$pages" "$@"
}

# facts NAME FILE...: what the program finds in the files, into NAME.tsv
facts() {
    name=$1
    shift
    "$program" import "$@" --facts >"$dir/$name.tsv" 2>"$dir/$name.notes" || {
        echo "import of $name: exit $?"
        cat "$dir/$name.notes"
        bad=1
    }
}

sample --truth "$dir/truth.json" "$dir/site" 2>/dev/null || exit 1
sample --shuffle 7 "$dir/shuffled" 2>/dev/null || exit 1
sample --shuffle 8 "$dir/site.zip" 2>/dev/null || exit 1
sample "$dir/site.tgz" 2>/dev/null || exit 1

# cluster NAME SHAPES FILE...: the cluster that the program makes of the files; adds what is to be
# checked of it.
cluster() {
    name=$1
    of=$2
    shift 2
    mkdir "$dir/$name.d"
    if "$program" import "$@" -o "$dir/$name.d/cluster.lua" --json "$dir/$name.json" \
        >"$dir/$name.said" 2>&1; then
        checks="$checks --site $of=$dir/$name.json"
        case $of in
        all | bat | specific | tar | pages | axl | json | ris | itlstatus)
            checks="$checks --csv $of=$dir/$name.d/cluster.phones.csv"
            ;;
        esac
    else
        echo "import of $name: exit $?"
        cat "$dir/$name.said"
        bad=1
    fi
}

set --
checks=
for shape in $shapes; do
    facts "$shape" "$dir/site/$shape"
    cluster "$shape" "$shape" "$dir/site/$shape"
    set -- "$@" --facts "$shape=$dir/$shape.tsv"
done
facts everything "$dir/site"
facts shuffled "$dir/shuffled"
facts zip "$dir/site.zip"
facts tgz "$dir/site.tgz"
# shellcheck disable=SC2046 # names of the sample have no blanks
facts reversed $(find "$dir/site" -type f | sort -r)
for all in everything shuffled zip tgz reversed; do
    set -- "$@" --facts "all=$dir/$all.tsv"
done
cluster everything all "$dir/site"
cluster shuffled all "$dir/shuffled"
cmp "$dir/everything.d/cluster.phones.csv" "$dir/shuffled.d/cluster.phones.csv" || bad=1

# preflight finds what is planted, and exits with 1: there are failures.
preflight() {
    "$program" preflight "$1/cluster.lua" --json "$2" >"$dir/preflight.said" 2>&1
    [ $? = "$3" ] || {
        echo "preflight: not exit $3"
        cat "$dir/preflight.said"
        bad=1
    }
}
preflight "$dir/everything.d" "$dir/preflight.json" 1
checks="$checks --preflight $dir/preflight.json"
# shellcheck disable=SC2086 # one option and its word each
sample "$@" $checks >"$dir/checked" || {
    sed "s|$dir/||" "$dir/checked"
    bad=1
}

# What is told apart: a value that is not true, and one that is not there.
sed 's/Cisco 8841$/Cisco 8845/' "$dir/specific.tsv" >"$dir/altered.tsv"
sed '/device pool.*Utrecht/d' "$dir/specific.tsv" >"$dir/shortened.tsv"
for sick in altered shortened; do
    if sample --facts "specific=$dir/$sick.tsv" >/dev/null; then
        echo "$sick.tsv passes for true"
        bad=1
    fi
done

mkdir "$dir/other.d"
# A healthy site, and one with as many nodes as make an ITL of more than 39 certificates.
for options in '--faults none' '--subscribers 34 --only single,bat,pages,axl,tlv'; do
    # shellcheck disable=SC2086 # several words
    set -- --cache "$dir/keys" --phones 100 --pages 40 $options
    "$site" "$@" "$dir/other" 2>/dev/null || exit 1
    facts other "$dir/other"
    case $options in
    *none)
        "$program" import "$dir/other" -o "$dir/other.d/cluster.lua" >/dev/null 2>&1 || bad=1
        preflight "$dir/other.d" "$dir/other.json" 0
        set -- "$@" --preflight "$dir/other.json"
        ;;
    esac
    "$site" "$@" --facts "$dir/other.tsv" >"$dir/checked" || {
        sed "s|$dir/|$options: |" "$dir/checked"
        bad=1
    }
    rm -rf "$dir/other"
done

if grep -rl 'SECRET-' "$dir"/*.tsv "$dir"/*.notes "$dir"/*.d "$dir"/*.json "$dir"/*.said; then
    echo "secrets of the files come out again"
    bad=1
fi
exit "$bad"
