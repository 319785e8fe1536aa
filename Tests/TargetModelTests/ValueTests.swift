import TargetModel
import TestSupport
import Testing

struct AttributePathTests {
  @Test(arguments: ["a", "a.b", "ssh_settings.admin_username", "", ".", "a..b"])
  func `a path is read and written alike`(_ text: String) {
    #expect(AttributePath(text).description == text)
  }

  @Test func `paths are listed segment by segment`() {
    let paths: [AttributePath] = ["a.b", "a-b", "a", "b", "a.a.c"]
    #expect(paths.sorted().map(\.description) == ["a", "a.a.c", "a.b", "a-b", "b"])
  }
}

struct AttributeValueTests {
  @Test func `a value has one form only`() {
    let values: [AttributeValue] = [.null, true, 1, .number(1), "1", [], [:]]
    for value in values {
      let forms: [Bool] = [
        value.bool != nil, value.integer != nil, value.text != nil, value.list != nil,
        value.map != nil,
      ]
      #expect(forms.count { $0 } <= 1, "\(value)")
    }
    #expect(AttributeValue.integer(1) != .number(1))
  }

  @Test func `paths go through nested maps`() {
    let value: AttributeValue = ["tls": ["key": "k", "empty": .null], "list": [["a": 1]]]
    #expect(value["tls.key"] == "k")
    #expect(value["tls.empty"] == .null)
    #expect(value["tls.absent"] == nil)
    #expect(value["tls.key.deeper"] == nil)
    #expect(value["list.a"] == nil)
    #expect(value[key: "tls.key"] == nil)
  }

  @Test func `setting makes the maps on the way`() {
    var value: AttributeValue = ["kept": 1]
    value["a.b.c"] = "deep"
    #expect(value == ["kept": 1, "a": ["b": ["c": "deep"]]])
    value["a.b"] = 2
    #expect(value == ["kept": 1, "a": ["b": 2]])
    value["a.b.c"] = 3
    #expect(value == ["kept": 1, "a": ["b": ["c": 3]]])
  }

  @Test func `removing takes the entry and nothing else`() {
    var value: AttributeValue = ["a": ["b": 1, "c": 2]]
    value["a.b"] = nil
    #expect(value == ["a": ["c": 2]])
    value["x.y.z"] = nil
    value["a.c.d"] = nil
    #expect(value == ["a": ["c": 2]])
    var text: AttributeValue = "text"
    text["a"] = nil
    #expect(text == "text")
  }

  @Test func `what is put at a path is found there, and removing it brings back what was`() {
    for seed in UInt64(1)...300 {
      var random = SeededRandom(seed: seed)
      let map: AttributeValue = ["a": .random(depth: 2, &random), "b": ["c": 1]]
      let value = AttributeValue.random(depth: 2, &random)
      var changed = map
      changed["b.new"] = value
      #expect(changed["b.new"] == value, "seed \(seed)")
      #expect(changed["a"] == map["a"], "seed \(seed)")
      changed["b.new"] = nil
      #expect(changed == map, "seed \(seed)")
    }
  }
}

struct AttributesTests {
  @Test func `a slot for each field, and nil is not null`() throws {
    var attributes = Attributes(for: .inventedPool)
    #expect(attributes.indices == 0..<3)
    #expect(attributes.indices.allSatisfy { attributes[$0] == nil })
    let slot = try #require(KindDescriptor.inventedPool.slot("count"))
    attributes[slot] = .null
    #expect(attributes[slot] != nil)
    #expect(attributes != Attributes(for: .inventedPool))
    #expect(KindDescriptor.inventedPool.value("count", in: attributes) == .null)
    #expect(KindDescriptor.inventedPool.value("absent", in: attributes) == nil)
  }

  @Test func `a field that the kind does not have is nowhere to be set`() {
    var target = desired("pool", "p")
    let before = target.attributes
    target["tls"] = "on"
    #expect(target.attributes == before)
  }
}

struct SecretTextTests {
  private let secret = SecretText("hunter2", from: .environment("KEY"))

  @Test func `no textual form shows it`() {
    struct Holder { let secret: SecretText }
    let value: AttributeValue = ["a": [.secret(secret)]]
    var target = desired("link", "l", ["resource_id": .resource("r")])
    target["password"] = .secret(secret)
    var dumped = ""
    dump(secret, to: &dumped)
    dump(value, to: &dumped)
    dump(target.attributes, to: &dumped)
    dump(Holder(secret: secret), to: &dumped)
    let texts = [
      secret.description, secret.debugDescription, "\(secret)", String(describing: secret),
      String(reflecting: secret), "\(value)", String(reflecting: value), "\(target)",
      "\([secret])", "\(Optional(secret) as Any)", "\(Holder(secret: secret))", dumped,
      value.canonicalJSON, value.prettyJSON,
    ]
    for text in texts { #expect(!text.contains("hunter2"), "\(text)") }
    #expect(secret.description == "(sensitive value)")
    #expect(secret.debugDescription == "(sensitive value)")
  }

  @Test func `its mirror is empty`() {
    #expect(Mirror(reflecting: secret).children.isEmpty)
    #expect(Mirror(reflecting: secret).superclassMirror == nil)
  }

  @Test func `whoever asks in so many words gets it`() {
    #expect(secret.reveal() == "hunter2")
    #expect(secret.isResolved)
    #expect(!SecretText(SecretText.unresolved, from: .literal).isResolved)
    #expect(secret != SecretText("hunter3", from: .environment("KEY")))
    #expect(secret.origin == .environment("KEY"))
  }
}

struct TimeTests {
  @Test(arguments: [
    (Int64(0), Int64(1970), Int64(1), Int64(1)), (58, 1970, 2, 28), (59, 1970, 3, 1),
    (11_016, 2000, 2, 29), (11_017, 2000, 3, 1), (20_458, 2026, 1, 5), (47_540, 2100, 2, 28),
    (47_541, 2100, 3, 1), (2_932_896, 9999, 12, 31),
  ])
  func `known days`(_ number: Int64, _ year: Int64, _ month: Int64, _ day: Int64) {
    #expect(CivilDate.date(ofDay: number) == (year, month, day))
  }

  @Test func `each day follows the one before, leap years included`() {
    var (year, month, day) = (Int64(1970), Int64(1), Int64(1))
    for number in Int64(0)...160_000 {
      let date = CivilDate.date(ofDay: number)
      guard date == (year, month, day) else {
        Issue.record("day \(number) is \(date), not \(year)-\(month)-\(day)")
        return
      }
      day += 1
      if day > Self.days(inMonth: month, of: year) { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
  }

  @Test func `moments to the millisecond`() {
    #expect(CivilDate.text(0) == "1970-01-01T00:00:00.000")
    #expect(CivilDate.text(1_767_603_600_000) == "2026-01-05T09:00:00.000")
    #expect(CivilDate.text(86_399_999) == "1970-01-01T23:59:59.999")
    #expect(CivilDate.text(951_782_400_007) == "2000-02-29T00:00:00.007")
  }

  private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  @Test(arguments: [
    ("PT120S", 120), ("PT2M", 120), ("PT1H30M", 5_400), ("P1DT12H", 129_600), ("P1D", 86_400),
    ("PT0S", 0), ("pt15m", 900),
  ])
  func `durations are read in all their spellings`(_ text: String, _ seconds: Int) {
    #expect(ISODuration.seconds(in: text) == seconds)
  }

  @Test(arguments: [
    "", "P", "PT", "T2M", "2M", "P1M", "P1Y", "PT1.5S", "-PT1S", "PT1S ", "PT٣S", "PT1S1M", "P1DT",
    "PT9999999999999S", "P1234567D", "PT5", "P1DT5", "PTM", "P1D1D", "PT1H1H", "X1D",
  ])
  func `what is no duration of a known length is none`(_ text: String) {
    #expect(ISODuration.seconds(in: text) == nil)
  }

  @Test func `a duration is written as it is read`() {
    for seconds in [0, 1, 59, 60, 3_600, 86_400, 999_999_999] {
      #expect(ISODuration.seconds(in: ISODuration.text(seconds: seconds)) == seconds)
    }
  }
}
