internal import ArgumentParser

/// A shell whose completion Berth knows.
///
/// Its script only carries the line to `berth ---complete` and the answer back: what may stand at
/// the cursor is found by the program itself, the same for all shells.
enum Shell: String, ExpressibleByArgument, CaseIterable, Sendable {
  case bash
  case zsh
  case fish

  /// The script that teaches it.
  var script: String {
    switch self {
    case .bash: Self.bashScript
    case .zsh: Self.zshScript
    case .fish: Self.fishScript
    }
  }

  private static let bashScript = #"""
    # What bash completes for berth. To use it, run: source <(berth completion bash)
    _berth() {
      local answer form word
      COMPREPLY=()
      answer=$("$1" ---complete line "$1" "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" \
        2>/dev/null) || return 0
      form=${answer%%$'\n'*}
      case $form in
        files | folders)
          word=${COMP_LINE:0:COMP_POINT}
          word=${word##*[[:space:]=]}
          compopt -o filenames 2>/dev/null
          local action=file
          [ "$form" = folders ] && action=directory
          while IFS= read -r word; do
            COMPREPLY+=("$word")
          done < <(compgen -A "$action" -- "$word")
          ;;
        words | open)
          [ "$form" = open ] && compopt -o nospace 2>/dev/null
          while IFS=$'\t' read -r word _; do
            [ -n "$word" ] && COMPREPLY+=("$word")
          done <<<"${answer#"$form"}"
          ;;
      esac
      return 0
    }
    complete -F _berth berth

    """#

  private static let zshScript = #"""
    #compdef berth
    # What zsh completes for berth. To use it, run: source <(berth completion zsh)
    # or put it as _berth into a folder of $fpath.
    _berth() {
      local -a answer described behind
      local form line
      answer=("${(@f)$("${words[1]}" ---complete words \
        "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
      form=${answer[1]}
      case $form in
        files) compset -P '*='; _files ;;
        folders) compset -P '*='; _files -/ ;;
        words | open)
          [[ $form == open ]] && behind=(-S '')
          for line in "${(@)answer[2,-1]}"; do
            [[ -n $line ]] && described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
          done
          (( $#described )) && _describe -t words berth described "${behind[@]}"
          ;;
      esac
    }
    if [[ ${funcstack[1]} == _berth ]]; then
      _berth "$@"
    else
      compdef _berth berth
    fi

    """#

  private static let fishScript = #"""
    # What fish completes for berth. To use it, run: berth completion fish | source
    function __berth_asks
        set -l before (commandline -opc)
        set -l current (commandline -ct)
        set -g __berth_answer ($before[1] ---complete words $before[2..-1] "$current" 2>/dev/null)
        switch "$__berth_answer[1]"
            case words open
                return 0
            case folders
                set -g __berth_answer folders (__fish_complete_directories "$current" '')
                return 0
        end
        # Files: fish completes them by itself.
        return 1
    end
    function __berth_candidates
        printf '%s\n' $__berth_answer[2..-1]
    end
    complete -c berth -e
    complete -c berth -n __berth_asks -f -k -a '(__berth_candidates)'

    """#
}
