/// The language of manual pages, as far as pages of commands need it.
enum Mdoc {
  /// Text in which nothing is taken for a request: of a backslash, a dash and a leading dot.
  static func words(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    let isRequest = escaped.hasPrefix(".") || escaped.hasPrefix("'")
    return isRequest ? "\\&" + escaped : escaped
  }

  /// A paragraph: each sentence begins a line, as the language wants it.
  static func paragraph(_ text: String) -> String {
    text.replacing(/([.:?!]) (?=[A-Z'])/) { "\($0.1)\n" }
      .split(separator: "\n").flatMap { lines(of: $0) }.map { words($0) + "\n" }.joined()
  }

  /// Lines of a sentence, none longer than editors show.
  private static func lines(of sentence: Substring) -> [String] {
    sentence.split(separator: " ").reduce(into: []) { lines, word in
      if let last = lines.last, last.count + word.count < longestLine {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
  }

  private static let longestLine = 72

  /// An argument in the line that shows how a command is called.
  static func synopsis(of argument: CommandArgument) -> String {
    let item = item(of: argument, isShort: true)
    let dots = argument.isRepeating ? " ..." : ""
    return argument.isOptional ? ".Op \(item)\(dots)" : ".\(item)\(dots)"
  }

  /// An argument as the head of its description.
  static func item(of argument: CommandArgument, isShort: Bool = false) -> String {
    let value = argument.form == .flag ? "" : "Ar \(argument.valueName)"
    let names = isShort ? Array(argument.names.prefix(1)) : argument.names
    let flags = names.map { "Fl \($0.dropFirst())" }.joined(separator: " , ")
    return [flags, value].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
