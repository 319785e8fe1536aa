internal import Diagnostics

/// What a shell offers in place of the word before its cursor.
struct Completion: Equatable, Sendable {
  /// A word, and what it means.
  struct Candidate: Equatable, Sendable {
    let word: String
    var meaning = ""
  }

  enum Form: String, Sendable {
    /// Words, after each of which another one begins.
    case words
    /// Words that may go on, such as `markdown=`.
    case open
    /// Whatever files the shell finds.
    case files
    /// Whatever folders the shell finds.
    case folders
  }

  var form = Form.words
  var candidates: [Candidate] = []

  static let files = Completion(form: .files)
  static let folders = Completion(form: .folders)
  static let nothing = Completion()

  /// What the shells' scripts read: the form, then a line for each candidate, with a tab before its
  /// meaning.
  ///
  /// Names come from manifests: one that a shell could take for more than a word is left out.
  var text: String {
    let lines = candidates.filter { $0.word.utf8.allSatisfy(Self.isHarmless) }.map { candidate in
      candidate.meaning.isEmpty
        ? candidate.word : "\(candidate.word)\t\(candidate.meaning.visible)"
    }
    return ([form.rawValue] + lines).map { $0 + "\n" }.joined()
  }

  private static func isHarmless(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."), UInt8(ascii: "="), UInt8(ascii: ","):
      true
    default: false
    }
  }
}
