# bash completion for lama: the program itself knows its commands and flags.
_lama() {
  local cur=${COMP_WORDS[COMP_CWORD]} words
  words=("${COMP_WORDS[@]:0:COMP_CWORD}")
  [[ $cur == -* ]] && words+=(-) # for all flags; a -- would end them
  COMPREPLY=($(compgen -W "$("${words[@]}" --generate-bash-completion 2>/dev/null)" -- "$cur"))
}
complete -o bashdefault -o default -F _lama lama
