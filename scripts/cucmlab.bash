# Bash completion of cucmlab: commands, their options and values, names of scenarios, files.
# Installed as share/bash-completion/completions/cucmlab; for one shell: . scripts/cucmlab.bash
#
# Commands and options are those that the program's own --help prints; nothing of them stands here but
# the values of three options.

# The folder of scenarios: here, beside the program, or where they were installed.
_cucmlab_folder() {
    local program folder
    program=$(type -P cucmlab)
    for folder in scenarios "${program%/*}/scenarios" "${program%/bin/*}/share/cucmlab/scenarios"; do
        if compgen -G "$folder/*.lua" >/dev/null || compgen -G "$folder/*/*.lua" >/dev/null; then
            printf '%s\n' "$folder"
            return
        fi
    done
}

# Their names, as `cucmlab list` has them: "fleet/first-boot" where "fi" stands too.
_cucmlab_scenarios() {
    local file
    local folder
    folder=$(_cucmlab_folder)
    for file in "$folder"/*.lua "$folder"/*/*.lua; do
        [[ $file == *'*'* || $file == *.d.lua ]] && continue
        file=${file#"$folder/"}
        file=${file%.lua}
        [[ $file == "$current"* || ${file##*/} == "$current"* ]] && printf '%s\n' "$file"
    done
}

# What param() declares in the scenario of this name or path, and what belongs to the report.
_cucmlab_params() {
    local file
    for file in "$1" "$1.lua" "$(_cucmlab_folder)/$1.lua" "$(_cucmlab_folder)/$1"*.lua; do
        [[ -f $file ]] || continue
        sed -n 's/.*param *(* *["'"'"']\([A-Za-z_0-9]*\)["'"'"'].*/\1=/p' "$file"
        break
    done
    printf '%s\n' hands_minutes= people= users_follow= users_hours=
}

# _cucmlab_table SECTION [COMMAND]: the lines of that section of its help, "name|what stands behind it";
# a name of several words that stands for one has a line for each.
_cucmlab_table() {
    local section=$1
    shift
    "${_cucmlab_program/#\~/$HOME}" "$@" --help 2>/dev/null | sed -n \
        -e "/^$section/,/^[^ ]/s/^  \(-., \)\{0,1\}\([a-z-][a-z0-9-]*\)\(\( [^ ]\+\)*\)\(  .*\)\{0,1\}\$/\2|\3/p" |
        sed 's/| /|/'
}

# Of the commands: "name|words".  A table has two columns there.
_cucmlab_commands() {
    "${_cucmlab_program/#\~/$HOME}" --help 2>/dev/null |
        sed -n '/^Commands/,/^$/s/^  \([a-z]\+\) *\(.\{24\}\).*$/\1|\2/p'
}

# What may stand for this word of a help: a file, a folder, one of several words.
_cucmlab_value() {
    case $1 in
    *'|'*) words=${1//|/ } ;;
    *FILE | FILE... | *PATH | CERT* | *.json*) files=f ;;
    *.lua) files=f ;;
    DIR) files=d ;;
    NAME=VALUE) words=$(_cucmlab_params "${others[1]:-/}") ;;
    SCENARIO) words=$(_cucmlab_scenarios) files=else ;;
    esac
}

_cucmlab() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local _cucmlab_program=${COMP_WORDS[0]}
    local words='' files='' name value i
    local -a others=()
    local -A options=([--seed]=N [--identity]=N) commands=()
    COMPREPLY=()

    # "--json=x" is three words here.
    if [[ $current == = ]]; then
        current=''
    elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    while IFS='|' read -r name value; do
        commands[$name]=${value%% *}
    done < <(_cucmlab_commands)

    # The words that are neither options nor their values: the command first.
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -*)
            if [[ ${COMP_WORDS[i + 1]} == = ]]; then
                ((i += 2))
            elif [[ -n ${options[${COMP_WORDS[i]}]-} ]]; then
                ((i++))
            fi
            ;;
        *)
            others+=("${COMP_WORDS[i]}")
            [[ ${#others[@]} -eq 1 ]] || continue
            while IFS='|' read -r name value; do
                options[$name]=$value
            done < <(_cucmlab_table Options: "${others[0]}")
            ;;
        esac
    done

    local command=${others[0]-}
    case $previous/$command in
    --profile/load) words="steps: ramp: boot-storm" ;;
    --tls/load) words="1.0 1.1 1.2 1.3 1.0..1.2" ;;
    --release/*) words="8 10" ;;
    *)
        if [[ $previous == -* && -n ${options[$previous]-} ]]; then
            _cucmlab_value "${options[$previous]}"
            [[ -n $words$files ]] || return
        elif [[ -z $command ]]; then
            words="${!commands[*]} --seed --identity --help --version"
        elif [[ $current == -* ]]; then
            words=${!options[*]}
        elif [[ $command == control && ${#others[@]} -eq 2 ]]; then
            words=$(_cucmlab_table Commands control | sed 's/|.*//')
        elif [[ ${#others[@]} -eq 1 ]]; then
            _cucmlab_value "${commands[$command]-}"
        elif [[ ${commands[$command]-} == *'|'* || ${commands[$command]-} == *.json* ||
            ${commands[$command]-} == *... ]]; then
            [[ $command == load ]] || files=f
        fi
        ;;
    esac

    if [[ $files == else ]]; then # whose beginning may be another
        mapfile -t COMPREPLY <<<"$words"
        [[ -n $words ]] || COMPREPLY=()
    elif [[ -n $words ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
        [[ ${COMPREPLY[0]-} == *[=:] ]] && compopt -o nospace 2>/dev/null
    fi
    # A path of one's own where no known scenario begins so.
    [[ $files == else && ${#COMPREPLY[@]} -eq 0 ]] && files=f
    if [[ $files == [fd] ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen "-$files" -- "$current")
    fi
}

complete -F _cucmlab cucmlab
