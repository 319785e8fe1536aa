import TargetModel
import TestSupport
import Testing

/// What identifies targets and the resources behind them.
struct TargetAddressTests {
  @Test(arguments: ["amlcompute.gpu-a100", "kubernetes.k8s-prod", "a.b.c", "a..", "A.b "])
  func `an address is read and written alike`(_ text: String) throws {
    #expect(try #require(TargetAddress(text)).description == text)
  }

  @Test(arguments: ["", ".", "gpu", ".gpu", "amlcompute."])
  func `half an address is none`(_ text: String) {
    #expect(TargetAddress(text) == nil)
  }

  @Test func `the first full stop parts kind and name`() throws {
    let address = try #require(TargetAddress("virtualmachine.a.b"))
    #expect(address.kind == "virtualmachine")
    #expect(address.name == "a.b")
  }

  @Test func `names clash whatever their case, addresses differ`() {
    let one = TargetAddress(kind: "pool", name: "GPU")
    let two = TargetAddress(kind: "link", name: "gpu")
    #expect(one.nameKey == two.nameKey)
    #expect(one != two)
    #expect(TargetAddress(kind: "pool", name: "gpu") != one)
  }

  @Test func `addresses are listed by kind, then by name`() {
    let sorted = ["pool.b", "link.z", "pool.a", "linka.a"].compactMap(TargetAddress.init).sorted()
    #expect(sorted.map(\.description) == ["link.z", "linka.a", "pool.a", "pool.b"])
  }
}

struct ARMResourceIDTests {
  private static let plain =
    "/subscriptions/S-1/resourceGroups/My.Group_(1)/providers/Microsoft.Compute/virtualMachines/Box"

  @Test func `parts of an id`() throws {
    let id = try ARMResourceID(parsing: Self.plain)
    #expect(id.subscription == "s-1")
    #expect(id.name == "Box")
    #expect(id.type == "microsoft.compute/virtualmachines")
    #expect(id.text == Self.plain)
    #expect(id.description == Self.plain)
    #expect(id.canonical == Self.plain.lowercased())
  }

  @Test func `T9 case and a trailing slash mean nothing`() throws {
    let id = try ARMResourceID(parsing: Self.plain)
    for spelling in [Self.plain.uppercased(), Self.plain.lowercased(), Self.plain + "/"] {
      let other = try ARMResourceID(parsing: spelling)
      #expect(other == id, "\(spelling)")
      #expect(other.hashValue == id.hashValue, "\(spelling)")
    }
    #expect(try ARMResourceID(parsing: Self.plain + "/").text == Self.plain)
  }

  @Test func `T9 every spelling by case is the same resource`() throws {
    let id = try ARMResourceID(parsing: Self.plain)
    for seed in UInt64(1)...200 {
      var random = SeededRandom(seed: seed)
      let spelling = Self.plain.map {
        Bool.random(using: &random) ? $0.uppercased() : $0.lowercased()
      }.joined()
      #expect(try ARMResourceID(parsing: spelling) == id, "seed \(seed): \(spelling)")
    }
  }

  @Test func `an id is of its type, however that is spelled, and of no other`() throws {
    let segments = ["virtualMachines", "extensions", "a", "sites", "Runs"]
    for seed in UInt64(1)...500 {
      var random = SeededRandom(seed: seed)
      let types = (0...Int.random(in: 0...3, using: &random)).map { _ in
        segments.randomElement(using: &random) ?? ""
      }
      let namespace = ["Microsoft.Compute", "A"].randomElement(using: &random) ?? ""
      let path = types.enumerated().map { "/\($1)/name\($0)" }.joined()
      let id = try ARMResourceID(
        parsing: "/subscriptions/s/resourceGroups/g/providers/\(namespace)\(path)")
      let type = ([namespace] + types).joined(separator: "/")
      #expect(id.type == type.lowercased())
      for spelling in [type, type.uppercased(), type.lowercased()] {
        #expect(id.isOf(type: spelling), "seed \(seed): \(id) is a \(spelling)")
      }
      let others = [
        "", String(type.dropLast()), type + "s", type + "/", String(type.dropFirst()), "x" + type,
        type.replacing("/", with: ""), type + "/" + types[0], namespace, "/" + type,
        id.canonical,
      ]
      for other in others {
        #expect(!id.isOf(type: other), "seed \(seed): \(id) is no \(other)")
      }
    }
  }

  @Test func `what is read is read again from its text and its canonical form`() throws {
    let id = try ARMResourceID(parsing: Self.plain + "/extensions/Agent")
    #expect(id.type == "microsoft.compute/virtualmachines/extensions")
    #expect(id.name == "Agent")
    #expect(try ARMResourceID(parsing: id.canonical) == id)
    #expect(try ARMResourceID(parsing: id.text).text == id.text)
  }

  @Test(arguments: [
    ("", "it must begin with '/subscriptions/'"),
    ("subscriptions/s", "it must begin with '/subscriptions/'"),
    ("https://management.azure.com/subscriptions/s", "it must begin with '/subscriptions/'"),
    ("/", "it has an empty segment ('//')"),
    (plain + "//", "it has an empty segment ('//')"),
    ("/" + plain, "it has an empty segment ('//')"),
    (plain + "/../Other", "it has a '..' segment"),
    (plain + "/./x", "it has a '.' segment"),
    (plain + "%2e%2e", "it has the character '%'"),
    (plain + "?api-version=1", "it has the character '?'"),
    (plain + "#x", "it has the character '#'"),
    (plain + " ", "it has the character ' '"),
    (plain + "\n", #"it has the character '\n'"#),
    (plain + "\u{202E}", #"it has the character '\u{202E}'"#),
    (plain + "\u{430}", "it has the character '\u{430}'"),
    (plain + "\\x", #"it has the character '\'"#),
  ])
  func `T9 what could be read in two ways is refused`(_ text: String, _ reason: String) {
    #expect(self.reason(text) == reason)
  }

  @Test(arguments: [
    "/subscriptions/s", "/subscriptions/s/resourceGroups/g",
    "/subscriptions/s/resourceGroups/g/providers/P/t",
    "/subscriptions/s/resourceGroups/g/providers/P/t/n/u",
    "/subscription/s/resourceGroups/g/providers/P/t/n",
    "/subscriptions/s/resourceGroup/g/providers/P/t/n",
    "/subscriptions/s/resourceGroups/g/provider/P/t/n",
    "/resourceGroups/g/subscriptions/s/providers/P/t/n",
  ])
  func `an id of another shape is refused with the shape it must have`(_ text: String) {
    #expect(
      reason(text)
        == "it must look like '/subscriptions/SUB/resourceGroups/GROUP/providers/NAMESPACE/TYPE/NAME'"
    )
  }

  private func reason(_ text: String) -> String? {
    do {
      _ = try ARMResourceID(parsing: text)
      return nil
    } catch { return error.reason }
  }
}

struct ResourceIdentityTests {
  private func held(_ name: String, share: String? = nil) throws -> ResourceIdentity {
    ResourceIdentity(
      try ARMResourceID(
        parsing: "/subscriptions/s/resourceGroups/g/providers/P.Q/things/\(name)"), share: share)
  }

  @Test func `one resource clashes with itself in any spelling`() throws {
    #expect(try held("A").clashes(with: held("a")))
    #expect(try held("a/").clashes(with: held("a")))
    #expect(try !held("a").clashes(with: held("b")))
  }

  @Test func `different shares live side by side, and the whole clashes with each share`() throws {
    let whole = try held("a")
    let one = try held("A", share: "one")
    let two = try held("a", share: "two")
    #expect(!one.clashes(with: two))
    #expect(try one.clashes(with: held("a", share: "one")))
    #expect(whole.clashes(with: one))
    #expect(one.clashes(with: whole))
    #expect(try !held("b", share: "one").clashes(with: one))
  }

  @Test func `clashing goes both ways`() throws {
    let some = try ["a", "A", "b"].flatMap { name in
      try [nil, "one", "two"].map { try held(name, share: $0) }
    }
    for one in some {
      #expect(one.clashes(with: one))
      for other in some { #expect(one.clashes(with: other) == other.clashes(with: one)) }
    }
  }

  @Test func `hosts compare as hosts`() throws {
    let host = ResourceIdentity(host: "Box.Example.org.")
    #expect(host == ResourceIdentity(host: "box.example.ORG"))
    #expect(host.clashes(with: ResourceIdentity(host: "box.example.org")))
    #expect(!host.clashes(with: ResourceIdentity(host: "box.example.com")))
    #expect(host.description == "Box.Example.org.")
    // U+0601 makes one character with the full stop behind it.
    #expect(ResourceIdentity(host: "a\u{601}.") == ResourceIdentity(host: "a\u{601}"))
    #expect(try !host.clashes(with: held("box.example.org")))
  }

  @Test func `equal identities hash alike, however they are shown`() throws {
    let upper = try held("A", share: "x")
    let lower = try held("a", share: "x")
    #expect(upper == lower)
    #expect(Set([upper, lower]).count == 1)
    #expect(upper.shown != lower.shown)
    #expect(try held("a", share: "y") != lower)
  }

  @Test func `an absent share is the default one`() {
    let absent = desired("sharedlink", "a", ["resource_id": .resource("r")])
    let given = desired(
      "sharedlink", "b", ["resource_id": .resource("r"), "namespace": "default"])
    #expect(absent.heldResource?.share == "default")
    #expect(absent.heldResource == given.heldResource)
  }
}
