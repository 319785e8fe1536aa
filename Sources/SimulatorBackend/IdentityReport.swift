internal import TargetModel

/// What the service tells of managed identities: who they are in the directory.
package enum IdentityReport {
  /// The directory in which they all are.
  package static let tenant = guid("tenant")

  static func fill(_ body: inout AttributeValue) {
    guard let type = body[.identityType]?.text?.lowercased() else { return }
    let seed = body["id"]?.text ?? ""
    if type.contains("systemassigned") {
      body[.principalID] = .text(guid(seed + "/principal"))
      body[.tenantID] = .text(tenant)
    } else {
      body.remove(.principalID)
      body.remove(.tenantID)
    }
    guard type.contains("userassigned"), let ids = body[.userAssignedIdentities]?.map
    else {
      body.remove(.userAssignedIdentities)
      return
    }
    var identities: AttributeMap = [:]
    for id in ids.keys {
      let key = id.lowercased()
      identities[id] = [
        "principalId": .text(guid(key + "/principal")), "clientId": .text(guid(key + "/client")),
      ]
    }
    body[.userAssignedIdentities] = .map(identities)
  }

  /// A GUID that is always the same for a text (FNV-1a, twice).
  private static func guid(_ text: String) -> String {
    let digits = hex(hash(text, 0xCBF2_9CE4_8422_2325)) + hex(hash(text, 0x8422_2325_CBF2_9CE4))
    var groups: [String] = []
    // By bytes: finding letters takes ten times as long.
    var rest = digits.utf8[...]
    for length in [8, 4, 4, 4, 12] {
      groups.append(String(Substring(rest.prefix(length))))
      rest = rest.dropFirst(length)
    }
    return groups.joined(separator: "-")
  }

  private static func hash(_ text: String, _ basis: UInt64) -> UInt64 {
    text.utf8.reduce(basis) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private static func hex(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
