# Bash completion of cucmlab: commands, their options, names of scenarios, files.
# Installed as share/bash-completion/completions/cucmlab; for one shell: . scripts/cucmlab.bash

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

# Their names, as `cucmlab list` has them.
_cucmlab_scenarios() {
    local file
    local folder
    folder=$(_cucmlab_folder)
    for file in "$folder"/*.lua "$folder"/*/*.lua; do
        [[ $file == *'*'* || $file == *.d.lua ]] && continue
        file=${file#"$folder/"}
        printf '%s\n' "${file%.lua}"
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

_cucmlab() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' action='' words='' files='' scenario='' i
    COMPREPLY=()

    # The first two words that are neither options nor their values: command and action.
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --seed | --identity | --set | --json | --csv | --junit | --letter | --trace | --pcap | --explain | --dump | --inventory | --pools | --as | --off | --until | \
            --with | --release | --tftp | --tvs | --mac | --phone-itl | --phone-itl-checksum | --phone-ctl | --phone-refuses | \
            --addresses | --access-log | --control | --speed | --metrics | --report-every | \
            --key-backup | --wait | --rate | --concurrency | --duration | --phones | --connection | --request | --cert | --tls | \
            --cipher | --model | --threads | --source | --timeout | --open | --arrivals | --slo | --client | --profile | --step | --retries | --retry-after | \
            --svg | --html | --hdr | --file | --blksize) ((i++)) ;;
        -*) ;;
        *)
            if [[ -z $command ]]; then
                command=${COMP_WORDS[i]}
            elif [[ -z $action ]]; then
                action=${COMP_WORDS[i]}
            fi
            ;;
        esac
    done

    case $previous in
    --connection) words="per-request per-phone keep" ;;
    --request) words="verify query" ;;
    --arrivals) words="even random" ;;
    --tls) words="1.0 1.1 1.2 1.3 1.0..1.2" ;;
    --client) words="openssl own" ;;
    --profile) words="steps: ramp: boot-storm" ;;
    --cert | --svg | --html | --hdr) files=f ;;
    --rate | --concurrency | --duration | --phones | --cipher | --model | --threads | --source | --timeout | --open | --slo | --step | --retries | --retry-after | --file | --blksize) return ;;
    --json | --csv | --junit | --trace | --pcap | --inventory | --pools | --off | --with | --phone-itl | --phone-ctl | --access-log | --control) files=f ;;
    --dump | --letter) files=d ;;
    --release) words="8 10" ;;
    --phone-refuses | --key-backup) words="yes no" ;;
    --registration) words="held short" ;;
    --set) words=$(_cucmlab_params "${action:-/}") ;;
    --seed | --identity | --explain | --as | --until | --tvs-workers | --tftp | --tvs | --mac | --phone-itl-checksum | --wait | --addresses | --speed | --metrics | --report-every) return ;;
    *)
        case $command/$action in
        /) words="run list serve control diff states trust knobs models versions acts doctor load merge itl ctl sgn --seed --identity
                  --help --version" ;;
        run/* | serve/*)
            [[ -n $action ]] || scenario=yes
            ;;&
        run/*)
            words="--bytes --what-if --no-what-if"
            ;;&
        serve/*)
            words="--tvs-workers --tvs-resumption --access-log --control --pause --speed --metrics --report-every --registration"
            ;;&
        run/* | serve/*)
            words="$words --seed --identity --set --json --csv --junit --letter --trace --pcap --explain --dump
                   --fail-on-risk --inventory --pools --as --strict --off --until --addresses --no-cache --quiet --help"
            ;;
        list/* | knobs/* | models/* | versions/*) words="--help" ;;
        control/) words="--help" files=f ;;
        control/*)
            words="do report verdict phone explain count steps time pause continue step speed stop"
            ;;
        diff/*) words="--help" files=f ;;
        doctor/*) words="--tftp --tvs --mac --phone-itl --phone-itl-checksum --phone-ctl --phone-refuses --key-backup
                         --wait --json --states --help" ;;
        load/) words="tvs tftp register --help" ;;
        load/*)
            words="--rate --concurrency --duration --phones --connection --request --cert --tls --cipher --resume --model
                   --threads --source --timeout --open --arrivals --seed --slo --json --quiet --allow-remote --help
                   --client --profile --find-limit --step --retries --retry-after --svg --html --hdr --file --blksize"
            ;;
        merge/*) words="--slo --json --help" files=f ;;
        itl/) words="show verify diff --help" ;;
        ctl/) words="show verify diff --help" ;;
        states/* | trust/*) words="--dot --help" ;;
        acts/*) words="--types --help" ;;
        sgn/) words="show verify strip --help" ;;
        itl/show | ctl/show) words="--release --strict --help" files=f ;;
        itl/verify | ctl/verify | sgn/*) words="--with --strict --help" files=f ;;
        itl/* | ctl/*) words="--strict --help" files=f ;;
        esac
        ;;
    esac

    if [[ -n $scenario && $current != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_cucmlab_scenarios)" -- "$current")
        # A path of one's own where no known scenario begins so.
        [[ ${#COMPREPLY[@]} -gt 0 ]] || files=f
    elif [[ -n $words && ($current == -* || -z $files) ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
    fi
    if [[ -n $files && $current != -* ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen "-$files" -- "$current")
    fi
}

complete -F _cucmlab cucmlab
