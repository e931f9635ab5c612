# awk -f tests/lint/lengths.awk FILE...
# Functions of over 100 lines and files of over 900 fail; over 70 and 800 are named.  clang-format
# puts the braces of a function, and no others, alone at the start of a line.

function measure(what, lines, soft, hard, where) {
    if (lines > soft)
        printf "%s: %s of %d lines%s\n", where, what, lines, (lines > hard ? ", too long" : "")
    if (lines > hard)
        bad = 1
}

function end_of_file() {
    if (last != "")
        measure("file", count, 800, 900, last)
}

FNR == 1 { end_of_file(); last = FILENAME; start = 0 }
{ count = FNR }
/^{$/ { start = FNR }
/^}$/ && start {
    measure("function", FNR - start - 1, 70, 100, FILENAME ":" start)
    start = 0
}
END { end_of_file(); exit bad }
