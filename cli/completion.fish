# fish completion for lama: the program itself knows its commands and flags.
function __lama_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    string match -q -- '-*' $current; and set -a typed - # for all flags; a -- would end them
    command $typed --generate-bash-completion 2>/dev/null
end
complete -c lama -a '(__lama_complete)'
