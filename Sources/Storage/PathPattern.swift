/// A pattern of paths: `*` and `?` within a component, `**` for any number of folders, `[...]` for
/// one of a few characters.
struct PathPattern: Sendable {
  private let components: [[Token]]

  fileprivate enum Token: Hashable, Sendable {
    case character(Character)
    case any
    case run
    case oneOf(Set<Character>, isNegated: Bool)
  }

  /// `**` stands for itself as a whole component.
  private static let folders: [Token] = [.run, .run]

  init(_ text: String) {
    components = text.split(separator: "/").filter { $0 != "." }.map { component in
      component == "**" ? Self.folders : Self.tokens(component)
    }
  }

  private static func tokens(_ text: Substring) -> [Token] {
    var tokens: [Token] = []
    var rest = text
    while let character = rest.popFirst() {
      switch character {
      case "*": if tokens.last != .run { tokens.append(.run) }
      case "?": tokens.append(.any)
      case "[":
        if let end = rest.dropFirst().firstIndex(of: "]") {
          let isNegated = rest.first == "!" || rest.first == "^"
          let inside = rest[..<end].dropFirst(isNegated ? 1 : 0)
          tokens.append(.oneOf(set(inside), isNegated: isNegated))
          rest = rest[rest.index(after: end)...]
        } else {
          tokens.append(.character(character))
        }
      default: tokens.append(.character(character))
      }
    }
    return tokens
  }

  /// The characters of `a-z_`.
  private static func set(_ text: Substring) -> Set<Character> {
    var set: Set<Character> = []
    let characters = Array(text)
    var index = 0
    while index < characters.count {
      if index + 2 < characters.count, characters[index + 1] == "-",
        let first = characters[index].unicodeScalars.first?.value,
        let last = characters[index + 2].unicodeScalars.first?.value, first <= last,
        last - first < 512
      {
        for value in first...last {
          if let scalar = Unicode.Scalar(value) { set.insert(Character(scalar)) }
        }
        index += 3
      } else {
        set.insert(characters[index])
        index += 1
      }
    }
    return set
  }

  /// True if a path matches.
  func matches(_ path: [String]) -> Bool { match(path).whole }

  /// True if something below a folder can match.
  func canMatch(below folder: [String]) -> Bool { match(folder).below }

  private func match(_ path: [String]) -> (whole: Bool, below: Bool) {
    // For each prefix of the path: can the components so far match it? Linear in both.
    var reachable = [true] + Array(repeating: false, count: path.count)
    var isBelow = false
    for component in components {
      // The whole path is used up and components are left for what lies below it.
      isBelow = isBelow || reachable[path.count]
      var next = Array(repeating: false, count: path.count + 1)
      if component == Self.folders {
        isBelow = isBelow || reachable.contains(true)
        var isReached = false
        for index in 0...path.count {
          isReached = isReached || reachable[index]
          next[index] = isReached
        }
      } else {
        for index in 0..<path.count where reachable[index] {
          next[index + 1] = next[index + 1] || Self.matches(component[...], path[index][...])
        }
      }
      reachable = next
    }
    return (reachable[path.count], isBelow)
  }

  private static func matches(_ tokens: ArraySlice<Token>, _ text: Substring) -> Bool {
    var tokens = tokens
    var text = text
    var retry: (tokens: ArraySlice<Token>, text: Substring)?
    while true {
      if tokens.first == .run {
        tokens = tokens.dropFirst()
        retry = (tokens, text)
      } else if let token = tokens.first, let character = text.first, token.takes(character) {
        tokens = tokens.dropFirst()
        text = text.dropFirst()
      } else if tokens.isEmpty, text.isEmpty {
        return true
      } else if let last = retry, !last.text.isEmpty {
        retry = (last.tokens, last.text.dropFirst())
        tokens = last.tokens
        text = last.text.dropFirst()
      } else {
        return false
      }
    }
  }
}

extension PathPattern.Token {
  fileprivate func takes(_ character: Character) -> Bool {
    switch self {
    case .character(let own): own == character
    case .any: true
    case .run: false
    case .oneOf(let set, let isNegated): set.contains(character) != isNegated
    }
  }
}
