import Diagnostics
import TestSupport
import Testing

@Suite("Text made visible")
struct VisibleTextTests {
  @Test func `plain text stays as it is`() {
    for text in ["", "gpu-a100", "a \"quoted\" text", "Größe 深", "C:\\temp", "#hash ## twice"] {
      #expect(text.visible == text)
    }
  }

  @Test(arguments: [
    ("\u{1B}[31mred", #"\e[31mred"#), ("a\rb", #"a\rb"#), ("a\nb", #"a\nb"#), ("a\tb", #"a\tb"#),
    ("\u{0}", #"\u{0}"#), ("\u{7F}", #"\u{7F}"#), ("\u{9B}31m", #"\u{9B}31m"#),
    ("\u{202E}txt", #"\u{202E}txt"#), ("a\u{200B}b", #"a\u{200B}b"#), ("\u{2028}", #"\u{2028}"#),
    ("\u{FEFF}", #"\u{FEFF}"#), ("\u{2066}", #"\u{2066}"#), ("\r\n", #"\r\n"#),
  ])
  func `whatever a terminal acts on is spelled out (T31)`(text: String, shown: String) {
    #expect(text.visible == shown)
  }

  @Test func `each character of one byte is seen wherever it stands`() {
    for value in UInt8(0)..<0x80 {
      let character = String(Unicode.Scalar(value))
      for place in 0...16 {
        let before = String(repeating: "a", count: place)
        let after = String(repeating: "z", count: 16 - place)
        #expect(
          (before + character + after).visible == before + character.visible + after,
          "\(value) at \(place)")
      }
    }
    for place in 0...16 {
      let before = String(repeating: "a", count: place)
      #expect((before + "\u{9B}zzzzzzzz").visible == before + #"\u{9B}zzzzzzzz"#)
      // A runner takes this for a command.
      #expect(!(before + "##[error]zzzzzzzz").visible.contains("##["))
    }
  }

  @Test func `no control character survives, whatever the text`() {
    for seed in UInt64(0)..<200 {
      var random = SeededRandom(seed: seed)
      var text = String.UnicodeScalarView()
      for _ in 0..<40 {
        let value = UInt32.random(in: 0..<0x3000, using: &random)
        if let scalar = Unicode.Scalar(value) { text.append(scalar) }
      }
      let shown = String(text).visible
      #expect(
        !shown.unicodeScalars.contains { $0.properties.generalCategory == .control },
        "seed \(seed)")
      #expect(
        !shown.unicodeScalars.contains {
          $0.properties.generalCategory == .format && $0 != "\u{600}"
            && !(0x600...0x605).contains($0.value)
            && ![0x6DD, 0x70F, 0x890, 0x891, 0x8E2].contains($0.value)
        },
        "seed \(seed)")
    }
  }

  @Test(arguments: ["##[group]x", "##vso[task.setvariable]x", "a ##VSO[x]", "###[debug]"])
  func `commands to runners are broken up wherever they stand (T32)`(text: String) {
    #expect(!text.visible.lowercased().contains("##["))
    #expect(!text.visible.lowercased().contains("##vso["))
    #expect(text.visible.contains(#"#\u{23}"#))
  }

  @Test(arguments: ["::add-mask::x", "  ::error::x", "\u{A0}::set-output name=a::b"])
  func `no line begins like a command (T32)`(line: String) {
    #expect(line.asPlainLine.contains(#"\u{3A}:"#))
    #expect("a ::b".asPlainLine == "a ::b")
    #expect("".asPlainLine == "")
  }

  @Test func `columns are those of a terminal`() {
    #expect("abc".columnCount == 3)
    #expect("深圳".columnCount == 4)
    #expect("e\u{301}".columnCount == 1)
    #expect("Größe".columnCount == 5)
    #expect("深".padded(to: 4) == "深  ")
    #expect("long".padded(to: 2) == "long")
  }
}
