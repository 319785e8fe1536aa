import Planning
import Reporting
import TargetModel
import Testing

/// Values as a plan shows them.
struct ValueTextTests {
  /// The value as it stands behind `x = ` in a block.
  private func shown(_ value: AttributeValue) -> String {
    let text = PlanText(
      plan([
        change(.update, [AttributeChange(path: "x", before: nil, after: value, effect: .inPlace)])
      ])
    ).text
    let begin = "      + x = "
    guard let start = text.firstRange(of: begin), let end = text.firstRange(of: "\n    }\n") else {
      return "nothing in \(text)"
    }
    return String(text[start.upperBound..<end.lowerBound])
  }

  @Test(
    arguments: [
      (.null, "null"), (true, "true"), (false, "false"), (-7, "-7"), (.number(0.5), "0.5"),
      (.number(2), "2.0"), ("text", #""text""#), ("", #""""#), ([], "[]"), (.map([:]), "{}"),
      ([1, 2], "[1, 2]"), (["b": 1, "a": "x"], #"{ a = "x", b = 1 }"#),
      (
        ["a key": 1, "9": 2, "a.b-c_d": 3, "": 4], #"{ "" = 4, "9" = 2, "a key" = 1, a.b-c_d = 3 }"#
      ),
    ] as [(AttributeValue, String)])
  func `short values stand on one line`(_ value: AttributeValue, _ text: String) {
    #expect(shown(value) == text)
  }

  @Test func `nested values stand on lines of their own, indented`() {
    #expect(
      shown(["b": [1, 2], "a": ["c": ["d": .null], "e": []]]) == """
        {
                  a = {
                    c = { d = null },
                    e = [],
                  },
                  b = [1, 2],
                }
        """)
    #expect(
      shown([["k": 1], [[]]]) == """
        [
                  { k = 1 },
                  [
                    [],
                  ],
                ]
        """)
  }

  @Test func `a list is broken where it is longer than sixty columns`() {
    let sixty = AttributeValue.list([.text(String(repeating: "a", count: 58))])
    #expect(shown(sixty) == "[\"\(String(repeating: "a", count: 58))\"]")
    let more = String(repeating: "a", count: 59)
    #expect(shown([.text(more)]) == "[\n          \"\(more)\",\n        ]")
  }

  @Test func `a long text is one line and whole`() {
    let long = String(repeating: "long ", count: 2_000)
    #expect(shown(.text(long)) == "\"\(long)\"")
  }

  @Test(arguments: [
    ("a\nb", #""a\nb""#), ("a\r\tb", #""a\r\tb""#), ("say \"x\"", #""say \"x\"""#),
    ("\u{1B}[2Jx", #""\e[2Jx""#), ("a\u{0}b", #""a\u{0}b""#), ("\u{202E}x", #""\u{202E}x""#),
    ("##vso[x]", ##""#\u{23}vso[x]""##), ("é中🙂", "\"é中🙂\""),
  ])
  func `control characters are spelled out`(_ text: String, _ expected: String) {
    #expect(shown(.text(text)) == expected)
    #expect(shown(.map([text: 1])) == "{ \(expected) = 1 }")
  }

  @Test func `line breaks in nested values begin no line`() {
    let text = shown(["a": ["k\n::error::": "v\n::warning::"]])
    for line in text.split(separator: "\n") {
      #expect(!line.drop { $0 == " " }.hasPrefix("::"), "\(line)")
    }
  }
}
