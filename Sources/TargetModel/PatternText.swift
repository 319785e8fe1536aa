extension String {
  /// A regular expression that matches exactly this text, whatever the case of its letters.
  ///
  /// Written without flags, because JSON Schema has none.
  package var patternIgnoringCase: String {
    unicodeScalars.map { scalar in
      let letter = String(scalar)
      switch scalar {
      case "a"..."z", "A"..."Z": return "[\(letter.lowercased())\(letter.uppercased())]"
      case "0"..."9", "_", "-", " ", ",", "/": return letter
      default: return "\\" + letter
      }
    }.joined()
  }
}
