/// A command line that is being written: its words, and the beginning of the one at the cursor.
///
/// The scripts of the shells hand it over behind `---complete`, in one of two forms:
///
/// - `words WORD... BEGINNING`: the words after the program's name, as the shell splits them.
/// - `line NAME BREAKS LINE`: the line up to the cursor, as it is written. For bash, which breaks
///   words where its `COMP_WORDBREAKS` say, and replaces only what stands behind the last break.
struct CompletionRequest: Equatable, Sendable {
  /// The words before the cursor's.
  let words: [String]
  /// What stands of the word at the cursor.
  let beginning: String
  /// How much of that the shell does not replace.
  private(set) var kept = ""

  /// The word that comes before the request.
  static let marker = "---complete"

  /// Reads what follows the marker; nil if it is no request.
  init?(_ arguments: [String]) {
    switch arguments.first {
    case "words" where arguments.count > 1:
      words = Array(arguments[1..<(arguments.count - 1)])
      beginning = arguments[arguments.count - 1]
    case "line" where arguments.count == 4:
      // A letter at the cursor makes sure that there is a word, however little of it is written.
      var all = ArgumentSpelling.split(arguments[3] + "x")
      let last = all.removeLast()
      words = Array(all.drop { $0 != arguments[1] }.dropFirst())
      beginning = String(last.dropLast())
      let end = beginning.lastIndex { $0 == "=" && arguments[2].contains($0) }
      kept = end.map { String(beginning[...$0]) } ?? ""
    default: return nil
    }
  }

  /// What the shell is answered.
  func answer(_ completion: Completion) -> String {
    guard !kept.isEmpty else { return completion.text }
    var rest = completion
    rest.candidates = completion.candidates.filter { $0.word.hasPrefix(kept) }.map {
      Completion.Candidate(word: String($0.word.dropFirst(kept.count)), meaning: $0.meaning)
    }
    return rest.text
  }
}
