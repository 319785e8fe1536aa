import ComputeKinds
import TargetModel
import Testing

/// The rows of every kind's table, each looked at by itself.
@Suite struct TableTests {
  static let kinds = KindCatalog.azureML.kinds.map(\.name.text)

  func kind(_ name: String) throws -> KindDescriptor {
    try #require(KindCatalog.azureML[KindName(name)])
  }

  @Test(arguments: kinds)
  func `no two fields share a name, older ones included`(name: String) throws {
    var seen: Set<AttributePath> = []
    for field in try kind(name).fields {
      for path in [field.path] + field.olderNames {
        #expect(seen.insert(path).inserted, "\(path) stands twice")
      }
    }
  }

  @Test(arguments: kinds)
  func `no field's name is the beginning of another's`(name: String) throws {
    let paths = try kind(name).fields.map(\.path)
    for outer in paths {
      for inner in paths where inner != outer {
        #expect(!inner.segments.starts(with: outer.segments), "\(inner) is within \(outer)")
      }
    }
  }

  @Test(arguments: kinds)
  func `no two fields share a place on the wire`(name: String) throws {
    let kind = try kind(name)
    var seen: Set<AttributePath> = []
    for field in kind.fields {
      guard let wire = field.wire else { continue }
      #expect(seen.insert(wire).inserted, "\(wire) stands twice")
    }
  }

  @Test(arguments: kinds)
  func `only names that other fields take in do not travel`(name: String) throws {
    for field in try kind(name).fields where field.wire == nil {
      #expect(["location", "network_settings.vnet_name"].contains(field.path), "\(field.path)")
    }
  }

  @Test(arguments: kinds)
  func `secrets are write-only, recreate and have no default`(name: String) throws {
    for field in try kind(name).fields where field.isSecret {
      #expect(field.isWriteOnly)
      #expect(field.onChange == .recreate)
      #expect(field.defaultValue == nil)
      #expect(field.setBy == .user)
    }
  }

  @Test(arguments: kinds)
  func `whatever sounds like a secret is one`(name: String) throws {
    let telling = [
      "password", "passphrase", "private_key", "connectionString", "certificate", "token",
    ]
    for field in try kind(name).fields {
      let path = field.path.description
      if telling.contains(where: path.contains) || path == "tls.key" {
        #expect(field.isSecret, "\(path)")
      }
    }
  }

  @Test(arguments: kinds)
  func `what changes in place is what the service documents`(name: String) throws {
    let expected: [String: [AttributePath]] = [
      "aks": ["agent_count"],
      "amlcompute": [
        "tags", "min_instances", "max_instances", "idle_time_before_scale_down", "identity.type",
        "identity.user_assigned_identities",
      ],
      "computeinstance": ["idle_time_before_shutdown_minutes", "schedules.compute_start_stop"],
      "kubernetes": ["identity.type", "identity.user_assigned_identities"],
    ]
    let inPlace = try kind(name).fields.filter { $0.onChange != .recreate }.map(\.path)
    #expect(inPlace.sorted() == (expected[name] ?? []).sorted())
  }

  @Test func `TLS and load balancer of a cluster that was created change in place`() {
    for kind in KindCatalog.azureML.kinds {
      let paths = kind.fields.filter { $0.onChangeIfCreated != nil }.map(\.path)
      #expect(paths.allSatisfy { $0.segments[0] == "tls" || $0.segments[0].hasPrefix("load_") })
      #expect(paths.isEmpty == (kind.name != "aks"))
    }
  }

  @Test(arguments: kinds)
  func `defaults fit their types`(name: String) throws {
    for field in try kind(name).everyField {
      guard let value = field.defaultValue, value != .null else { continue }
      #expect(!field.isRequired, "\(field.path) is required and has a default")
      #expect(field.type.takes(value), "\(field.path) can't be \(value)")
    }
  }

  @Test(arguments: kinds)
  func `choices are told apart, and each of their words means one`(name: String) throws {
    for field in try kind(name).everyField {
      guard case .choice(let choices) = field.type else { continue }
      for choice in choices {
        for word in [choice.name, choice.wire] + choice.olderNames {
          let meant = choices.filter { $0.isMeant(by: word) || $0.wire == word }
          #expect(meant == [choice], "\(word) in \(field.path)")
        }
      }
    }
  }

  @Test(arguments: kinds)
  func `summaries are one line without a full stop, and fields have a source`(
    name: String
  ) throws {
    let kind = try kind(name)
    for field in kind.everyField {
      #expect(!field.summary.isEmpty)
      #expect(!field.summary.contains("\n"))
      #expect(field.summary.hasSuffix("...") || !field.summary.hasSuffix("."), "\(field.path)")
    }
    for field in kind.fields where field.setBy == .user {
      #expect(!field.source.isEmpty, "\(field.path)")
    }
  }

  @Test(arguments: kinds)
  func `attached kinds say what they hold`(name: String) throws {
    let kind = try kind(name)
    #expect((kind.resource != nil) == (kind.origin != .created))
    guard let resource = kind.resource else { return }
    for path in [resource.idField, resource.hostField, resource.shareField].compactMap({ $0 }) {
      #expect(kind.slot(path) != nil, "\(path)")
    }
  }

  @Test func `a cluster's fields have the names and defaults of az ml`() throws {
    let expected: [AttributePath: AttributeValue] = [
      "size": "STANDARD_DS3_V2", "tier": "dedicated", "min_instances": 0, "max_instances": 4,
      "idle_time_before_scale_down": 120, "enable_node_public_ip": true, "identity.type": "none",
      "network_settings.subnet": .null,
    ]
    for (path, value) in expected {
      let slot = try #require(KindDescriptor.amlCompute.slot(path))
      #expect(KindDescriptor.amlCompute.fields[slot].defaultValue == value)
    }
  }

  @Test func `an idle shutdown is from a quarter of an hour to three days`() throws {
    let kind = KindDescriptor.computeInstance
    let slot = try #require(kind.slot("idle_time_before_shutdown_minutes"))
    guard case .duration(.minutes, let range) = kind.fields[slot].type else {
      Issue.record("not a duration in minutes")
      return
    }
    #expect(range == 15...(3 * 24 * 60))
  }
}

extension FieldType {
  fileprivate func takes(_ value: AttributeValue) -> Bool {
    switch (self, value) {
    case (.text(let pattern?), .text(let text)):
      (try? Regex(pattern).wholeMatch(in: text)) != nil
    case (.text(nil), .text), (.boolean, .bool), (.toggle, .bool): true
    case (.integer(let range), .integer(let integer)): range.contains(integer)
    case (.duration(_, let range), .integer(let integer)): range.contains(integer)
    case (.choice(let choices), .text(let word)): choices.contains { $0.name == word }
    default: false
    }
  }
}
