# awk -f tests/lint/banned.awk tests/lint/banned.txt FILE...
# Calls of functions that the table bans.  Exit 1 where there is one.

FNR == 1 { files++; comment = 0 }

files == 1 {
    if ($0 !~ /^#/ && NF >= 3) {
        places[$1] = $2
        reason = $0
        sub(/^[^ ]+ +[^ ]+ +/, "", reason)
        why[$1] = reason
    }
    next
}

# The line without comments, strings and character constants.
function code(line,    out, rest) {
    out = ""
    while (line != "") {
        if (comment) {
            if ((rest = index(line, "*/")) == 0)
                return out
            line = substr(line, rest + 2)
            comment = 0
        } else if (substr(line, 1, 2) == "/*") {
            line = substr(line, 3)
            comment = 1
        } else if (substr(line, 1, 2) == "//") {
            return out
        } else if (match(line, /^"([^"\\]|\\.)*"/) || match(line, /^'([^'\\]|\\.)*'/)) {
            out = out " "
            line = substr(line, RLENGTH + 1)
        } else {
            out = out substr(line, 1, 1)
            line = substr(line, 2)
        }
    }
    return out
}

function rule(name,    n) {
    if (name in places)
        return name
    for (n = length(name); n >= 3; n--)
        if ((substr(name, 1, n) "*") in places)
            return substr(name, 1, n) "*"
    return ""
}

function allowed(where,    list, n, i) {
    n = split(where, list, ",")
    for (i = 1; i <= n; i++)
        if (index(FILENAME, list[i]) == 1)
            return 1
    return 0
}

{
    text = code($0)
    # A member or a method of the same name (queue.time, lab->connect) is somebody else's.
    while (match(text, /[A-Za-z_][A-Za-z_0-9]*[ \t]*\(/)) {
        before = substr(text, 1, RSTART - 1)
        name = substr(text, RSTART, RLENGTH - 1)
        sub(/[ \t]+$/, "", name)
        text = substr(text, RSTART + RLENGTH)
        which = rule(name)
        if (which != "" && before !~ /(\.|->)$/ && !allowed(places[which])) {
            printf "%s:%d: %s: %s\n", FILENAME, FNR, name, why[which]
            bad = 1
        }
    }
}

END { exit bad }
