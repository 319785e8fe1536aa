import ManifestSyntax
import Testing

@Suite("Meaning of scalars")
struct ScalarTests {
  @Test(arguments: [
    ("", YAMLScalar.null), ("~", .null), ("null", .null), ("Null", .null), ("NULL", .null),
    ("nULL", .text("nULL")), ("true", .bool(true)), ("True", .bool(true)), ("TRUE", .bool(true)),
    ("false", .bool(false)), ("tRUE", .text("tRUE")), ("no", .text("no")), ("yes", .text("yes")),
    ("on", .text("on")), ("Off", .text("Off")), ("y", .text("y")), ("0", .integer(0)),
    ("-12", .integer(-12)), ("+12", .integer(12)), ("007", .integer(7)), ("0o17", .integer(15)),
    ("0x1F", .integer(31)), ("0xfe", .integer(254)), ("0o8", .text("0o8")), ("0x", .text("0x")),
    ("-0x1", .text("-0x1")), ("0b11", .text("0b11")), ("1_000", .text("1_000")),
    ("0x+1", .text("0x+1")), ("0o-1", .text("0o-1")), ("0x１", .text("0x１")),
    ("1:30", .text("1:30")), ("1.5", .number(1.5)), (".5", .number(0.5)), ("5.", .number(5)),
    ("-.5e1", .number(-5)), ("1e3", .number(1000)), ("1E+3", .number(1000)),
    ("1e", .text("1e")), (".", .text(".")), ("+", .text("+")), ("-.", .text("-.")),
    ("1.2.3", .text("1.2.3")), (".inf", .number(.infinity)), ("-.Inf", .number(-.infinity)),
    ("+.INF", .number(.infinity)), (".iNF", .text(".iNF")), ("inf", .text("inf")),
    ("nan", .text("nan")), ("1 2", .text("1 2")), ("２", .text("２")),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("2001-01-01", .text("2001-01-01")), ("=", .text("=")),
  ])
  func `T6 plain scalars mean what the core schema says`(text: String, meaning: YAMLScalar) throws {
    let value = try #require(try read("a: \(text)\n")["a"])
    #expect(value.scalar == meaning)
    #expect(value.text == text)
  }

  @Test func `not a number is one`() throws {
    guard case .number(let value) = try read(".nan").scalar else {
      Issue.record("not a number")
      return
    }
    #expect(value.isNaN)
  }

  @Test(arguments: [
    "9223372036854775808", "-99999999999999999999", "0xFFFFFFFFFFFFFFFFF", "0x8000000000000000",
    "0o7777777777777777777777777", "1e400", "-1e999", "!!int 99999999999999999999",
    "!!float 1e999",
  ])
  func `T6 numbers too large to be whole are never small or a text`(text: String) throws {
    guard case .number(let value) = try read(text).scalar else {
      Issue.record("not a number")
      return
    }
    #expect(value.magnitude >= 0x1p63)
  }

  @Test func `quoted and block scalars are text`() throws {
    let root = try read("- '1'\n- \"true\"\n- |-\n  null\n- ''\n- \"\\x41\\u00e9\\n\"\n")
    #expect(root.elements.map(\.scalar) == ["1", "true", "null", "", "Aé\n"].map { .text($0) })
  }

  @Test func `core tags choose the meaning`() throws {
    let root = try read(
      """
      - !!str 1
      - ! 1
      - !!int "5"
      - !!float 1
      - !!bool 'true'
      - !!null ""
      - !!map {a: 1}
      - !!seq [1]
      - !<tag:yaml.org,2002:str> no
      """)
    #expect(
      root.elements.map(\.scalar) == [
        .text("1"), .text("1"), .integer(5), .number(1), .bool(true), .null, nil, nil, .text("no"),
      ])
  }

  @Test(arguments: [
    "!!int x", "!!bool yes", "!!null x", "!!float x", "!!map [a]", "!!seq {}", "!!str [a]",
    "!!map x", "!mine x", "!!binary aaaa", "!!timestamp 2001-01-01", "!!int 1.5",
  ])
  func `other tags, and tags that do not fit, are refused`(text: String) {
    #expect(Reading("a: \(text)\n").rules == [.unknownTag])
  }
}
