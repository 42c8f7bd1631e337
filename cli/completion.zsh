#compdef lama
# zsh completion for lama: the program itself knows its commands and flags.
_lama() {
  local -a typed found
  typed=("${(@Q)words[1,CURRENT-1]}")
  [[ ${words[CURRENT]} == -* ]] && typed+=(-) # for all flags; a -- would end them
  found=(${(f)"$("${typed[@]}" --generate-bash-completion 2>/dev/null)"})
  if (( ${#found} )); then
    compadd -- "${found[@]}"
  else
    _files
  fi
}
if [[ ${funcstack[1]} == _lama ]]; then
  _lama "$@"
else
  compdef _lama lama
fi
