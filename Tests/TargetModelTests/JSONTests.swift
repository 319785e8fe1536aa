import TargetModel
import TestSupport
import Testing

struct JSONTests {
  // MARK: Round trip

  @Test func `what is written is read back, on one line or on many`() throws {
    for seed in UInt64(1)...400 {
      var random = SeededRandom(seed: seed)
      let value = AttributeValue.random(depth: 4, &random)
      #expect(try AttributeValue(json: value.canonicalJSON) == value, "seed \(seed)")
      #expect(try AttributeValue(json: value.prettyJSON) == value, "seed \(seed)")
    }
  }

  @Test func `writing what was read gives the same bytes`() throws {
    for seed in UInt64(1)...400 {
      var random = SeededRandom(seed: seed)
      let text = AttributeValue.random(depth: 4, &random).canonicalJSON
      let again = try AttributeValue(json: text).canonicalJSON
      #expect(Array(again.utf8) == Array(text.utf8), "seed \(seed)")
      #expect(!text.utf8.contains(0x0A) && !text.utf8.contains(0x1B), "seed \(seed)")
    }
  }

  @Test func `keys stand sorted`() {
    let value: AttributeValue = ["b": 1, "a": ["d": true, "c": .null], "B": [], "": .map([:])]
    #expect(value.canonicalJSON == #"{"":{},"B":[],"a":{"c":null,"d":true},"b":1}"#)
    #expect(
      value.prettyJSON == """
        {
          "": {},
          "B": [],
          "a": {
            "c": null,
            "d": true
          },
          "b": 1
        }
        """)
  }

  @Test func `control characters are written as escapes`() {
    let text = AttributeValue.text("\u{0}\u{1B}[2J\"\\\n\r\t\u{7F}\u{9B}\u{2028}é🙂")
    #expect(
      text.canonicalJSON == #""\u0000\u001b[2J\"\\\n\r\t\u007f\u009b\u2028é🙂""#)
  }

  @Test func `a secret is written as its placeholder`() {
    let value: AttributeValue = ["key": .secret(SecretText("hunter2", from: .literal))]
    #expect(value.canonicalJSON == #"{"key":"(sensitive value)"}"#)
    #expect(!value.prettyJSON.contains("hunter2"))
  }

  @Test func `what JSON has no word for becomes null`() {
    #expect(
      AttributeValue.list([.number(.nan), .number(.infinity)]).canonicalJSON == "[null,null]")
  }

  @Test func `each byte of a text is read as it stands, wherever that is`() throws {
    for byte in UInt8(0)...UInt8.max {
      for place in 0...16 {
        let text =
          Array(repeating: UInt8(ascii: "a"), count: place) + [byte]
          + Array(repeating: UInt8(ascii: "z"), count: 16 - place)
        let quoted = [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")]
        // What has to be escaped, and what is no text, can't stand there.
        let isPlain = byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
        let read = try? AttributeValue(json: quoted)
        #expect(
          read == (isPlain ? .text(String(decoding: text, as: UTF8.self)) : nil),
          "\(byte) at \(place)")
      }
    }
  }

  // MARK: Numbers

  @Test(arguments: [
    ("0", AttributeValue.integer(0)), ("-1", -1), ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .number(9.223372036854775808e18)),
    ("1.5", .number(1.5)), ("1e3", .number(1000)), ("-0", .number(-0.0)), ("2E-2", .number(0.02)),
    ("1.0", .number(1)),
  ])
  func `numbers that fit are whole, others are not`(_ text: String, _ value: AttributeValue) throws
  {
    #expect(try AttributeValue(json: text) == value)
  }

  @Test(arguments: [
    "+5", "007", "-01", "00", "-", "+", "1.", ".5", "1e", "1e+", "e1", "1.2.3", "--1", "0x10",
    "1_000",
    "1e400", "-1e400", "NaN", "Infinity", "-Infinity", "١",
  ])
  func `what only looks like a number is refused`(_ text: String) {
    #expect(throws: JSONFailure.self) { try AttributeValue(json: text) }
    #expect(throws: JSONFailure.self) { try AttributeValue(json: "[\(text)]") }
  }

  @Test func `a number of a million digits is no integer and no crash`() {
    let digits = String(repeating: "9", count: 1_000_000)
    #expect(throws: JSONFailure.self) { try AttributeValue(json: digits) }
  }

  // MARK: Hostile texts

  @Test func `sixty-four levels are read and no more`() throws {
    let deep = { (levels: Int) in
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    _ = try AttributeValue(json: deep(64))
    #expect(failure(deep(65)) == "more than 64 levels at byte 64")
    #expect(failure(String(repeating: "[", count: 1_000_000)) == "more than 64 levels at byte 64")
    let maps = String(repeating: #"{"a":"#, count: 100_000)
    #expect(failure(maps) == "more than 64 levels at byte 320")
    _ = try AttributeValue(
      json: String(repeating: #"{"a":"#, count: 64) + "1" + String(repeating: "}", count: 64))
  }

  @Test(arguments: [
    (#"{"a":1,"a":2}"#, "a key is repeated at byte 7"),
    (#"{"a":1,"\u0061":2}"#, "a key is repeated at byte 7"),
    (#"[{"x":{"k":1, "k":1}}]"#, "a key is repeated at byte 14"),
    ("{} x", "something follows the value at byte 3"),
    ("1 2", "something follows the value at byte 2"),
    ("[1]]", "something follows the value at byte 3"),
    ("null\u{0}", "something follows the value at byte 4"),
    ("", "a value is due at byte 0"), (" \n", "a value is due at byte 2"),
    ("\u{FEFF}{}", "a value is due at byte 0"),
    ("[1,]", "a value is due at byte 3"), (#"{"a":}"#, "a value is due at byte 5"),
    (#"{"a" 1}"#, "':' is due at byte 5"), (#"{"a":1,}"#, "a string is due at byte 7"),
    ("{a:1}", "a string is due at byte 1"), ("[1 2]", "',' or ']' is due at byte 3"),
    (#"{"a":1"#, "',' or '}' is due at byte 6"), ("[", "a value is due at byte 1"),
    ("\"abc", "a string has no end at byte 4"), ("\"abc\\", "a string has no end at byte 5"),
    ("\"a\nb\"", "a control character in a string at byte 3"),
    ("\"a\u{0}\"", "a control character in a string at byte 3"),
    (#""\x41""#, "an unknown escape at byte 3"),
    (#""\u12""#, "four hexadecimal digits are due at byte 3"),
    (#""\u+123""#, "four hexadecimal digits are due at byte 3"),
    (#""\ud800""#, "half a surrogate pair at byte 7"),
    (#""\ud800\n""#, "half a surrogate pair at byte 8"),
    (#""\ud800\u0041""#, "half a surrogate pair at byte 13"),
    (#""\udc00""#, "half a surrogate pair at byte 7"),
    ("nul", "a value is due at byte 0"), ("True", "a value is due at byte 0"),
    ("'a'", "a value is due at byte 0"), ("// x\n1", "a value is due at byte 0"),
  ])
  func `what is not JSON is refused where it ends to be`(_ text: String, _ reason: String) {
    #expect(failure(text) == reason)
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xE2, 0x82, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
    ] as [[UInt8]])
  func `bytes that are not UTF-8 are refused`(_ bytes: [UInt8]) {
    do {
      let value = try AttributeValue(json: bytes)
      Issue.record("read \(value)")
    } catch {
      #expect(error.reason == "a string is not UTF-8")
    }
  }

  @Test func `a surrogate pair is one character`() throws {
    #expect(try AttributeValue(json: #""\ud83d\ude42""#) == "🙂")
    #expect(try AttributeValue(json: #""\/\b\f""#) == "/\u{8}\u{C}")
  }

  @Test func `every shortened document is refused`() throws {
    for seed in UInt64(1)...40 {
      var random = SeededRandom(seed: seed)
      let value: AttributeValue = ["value": .random(depth: 3, &random)]
      let bytes = Array(value.canonicalJSON.utf8)
      for length in bytes.indices {
        #expect(throws: JSONFailure.self, "seed \(seed), \(length) bytes") {
          try AttributeValue(json: bytes[..<length])
        }
      }
    }
  }

  @Test func `bytes that were changed at random are read or refused`() {
    for seed in UInt64(1)...2_000 {
      var random = SeededRandom(seed: seed)
      var bytes = Array(AttributeValue.random(depth: 3, &random).prettyJSON.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        guard let place = bytes.indices.randomElement(using: &random) else { break }
        bytes[place] = .random(in: 0...255, using: &random)
      }
      // Whatever can be read can be written and read again.
      guard let value = try? AttributeValue(json: bytes) else { continue }
      #expect((try? AttributeValue(json: value.canonicalJSON)) == value, "seed \(seed)")
    }
  }

  private func failure(_ text: String) -> String? {
    do {
      _ = try AttributeValue(json: text)
      return nil
    } catch { return error.description }
  }
}
