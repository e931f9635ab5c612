# awk -F '\t' -f tests/mutate/score.awk NOTHING RESULTS
# A line of RESULTS: FILE LINE KIND BY WAS NOW SOURCE; BY is the program that noticed, or -nobody,
# -same (the object is unchanged), -compile.  A line of NOTHING: FILE SOURCE WAS NOW, as there, and
# why it changes nothing; a line that begins with "#" is a remark.

function percent(part, all) { return all ? sprintf("%3d", 100 * part / all) : "  -" }

function row(name, file) {
    printf "%-28s %6d %9d %8d %8d   %s\n", name, tried[file], nothing[file], noticed[file],
        missed[file], percent(noticed[file], noticed[file] + missed[file])
}

function count(what, file) { what[file]++; what["all"]++ }

FILENAME ~ /nothing\.txt$/ {
    if ($0 !~ /^#/)
        known[$1 FS $2 FS $3 FS $4] = 1
    next
}
$4 == "-compile" { next }
{
    if (!($1 in tried))
        files[++file_count] = $1
    count(tried, $1)
}
$4 == "-same" || ($4 == "-nobody" && ($1 FS $7 FS $5 FS $6) in known) { count(nothing, $1); next }
$4 != "-nobody" { count(noticed, $1); kind_noticed[$3]++; kinds[$3]++; next }
{
    count(missed, $1)
    kinds[$3]++
    printf "%s:%d: %s: %s -> %s\n    %s\n", $1, $2, $3, $5, $6, $7
}
END {
    printf "\n%-28s %6s %9s %8s %8s   %s\n", "file", "faults", "no change", "noticed", "survived",
        "score"
    for (i = 1; i <= file_count; i++)
        row(files[i], files[i])
    row("all", "all")
    print ""
    for (kind in kinds) {
        line = sprintf("%-18s %s of %d", kind, percent(kind_noticed[kind], kinds[kind]), kinds[kind])
        print line | "sort"
    }
}
