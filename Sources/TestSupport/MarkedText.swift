package import Diagnostics

/// A text in which marks such as `1️⃣` say where findings must land.
///
///     let manifest = MarkedText("name: gpu\n1️⃣siez: small\n")
///     manifest.text        // without the mark
///     manifest.mark(at: finding.location)   // "1️⃣"
package struct MarkedText {
  /// The text without its marks.
  package let text: String
  private let places: [(mark: String, position: SourcePosition)]

  package init(_ marked: String) {
    var text = ""
    var places: [(String, SourcePosition)] = []
    var line = 1
    var column = 1
    for character in marked {
      if character.unicodeScalars.last == "\u{20E3}" {
        places.append(
          (String(character), SourcePosition(line: line, column: column, offset: text.utf8.count)))
        continue
      }
      text.append(character)
      if character.isNewline {
        line += 1
        column = 1
      } else {
        column += character.unicodeScalars.count
      }
    }
    self.text = text
    self.places = places
  }

  /// The marks in their order.
  package var marks: [String] { places.map(\.mark) }

  /// Where a mark stands.
  package func position(of mark: String) -> SourcePosition? {
    places.first { $0.mark == mark }?.position
  }

  /// The mark where a finding begins; where there is none, the place itself, for a helpful failure.
  package func mark(at location: SourceLocation?) -> String {
    guard let location else { return "nowhere" }
    return places.first { $0.position == location.start }?.mark ?? location.description
  }
}
