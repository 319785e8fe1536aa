import Foundation
import Testing

/// `docs/threats.md` names the tests that there are, and all of them.
struct ThreatTableTests {
  private static let rows = Result {
    try String(
      contentsOf: BerthBinary.packageFolder.appendingPathComponent("docs/threats.md"),
      encoding: .utf8
    ).matches(
      of: /^\| ([TF][0-9]+) \| ([^|]+) \| ([^|]+) \|(?: ([^|]*)\|)?$/.anchorsMatchLineEndings()
    )
    .map { (number: String($0.1), places: $0.3, faults: $0.4 ?? "") }
  }

  @Test func `every number of the tables has a test there, and every such test is in a table`()
    throws
  {
    var told: Set<String> = []
    for row in try Self.rows.get() {
      for place in row.places.matches(of: /`([A-Za-z]+)`/) {
        told.insert("\(row.number) \(place.1)")
      }
    }
    let found = try Self.tests()
    #expect(found.count > 80, "an empty scan would prove nothing")
    #expect(told.subtracting(found).sorted() == [], "without a test")
    #expect(found.subtracting(told).sorted() == [], "not in the table")
  }

  @Test func `no threat and no fault is left out, and what has no test yet says when`() throws {
    let rows = try Self.rows.get()
    #expect(rows.map(\.number) == (1...38).map { "T\($0)" } + (1...33).map { "F\($0)" })
    for row in rows {
      #expect(row.places.contains("`") || row.places.hasPrefix("later, with"), "\(row.number)")
    }
  }

  @Test func `the proving ground has the faults that are told`() throws {
    let source = try String(
      contentsOf: BerthBinary.packageFolder.appendingPathComponent(
        "Sources/ProvingGround/Faults.swift"),
      encoding: .utf8)
    var numbers: [Substring: Substring] = [:]
    for fault in source.matches(of: /\((F[0-9, F]+)\)\.\n  case ([A-Za-z]+)/) {
      numbers[fault.2] = fault.1
    }
    #expect(numbers.count > 15)
    var told: Set<String> = []
    for row in try Self.rows.get() {
      for fault in row.faults.matches(of: /`([A-Za-z]+)`/) {
        told.insert("\(row.number) \(fault.1)")
      }
    }
    let known = numbers.flatMap { fault, numbers in
      numbers.split(separator: ", ").map { "\($0) \(fault)" }
    }
    #expect(told.symmetricDifference(known).sorted() == [])
  }

  /// Number and module of each test whose name says so, such as `T17 CommandsTests`.
  private static func tests() throws -> Set<String> {
    var found: Set<String> = []
    for file in try SwiftFile.all(below: "Tests") {
      let module = file.path.split(separator: "/")[1]
      for name in file.text.matches(of: /func `([^`]*)`/) {
        for number in name.1.matches(of: /\b[TF][0-9]+\b/) {
          found.insert("\(number.0) \(module)")
        }
      }
    }
    return found
  }
}
