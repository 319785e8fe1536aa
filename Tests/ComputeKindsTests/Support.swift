import Diagnostics
import FoundationEssentials
import TargetModel

let group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/my-rg"

let workspace = WorkspaceIdentity(
  subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "my-rg", name: "my-ws",
  location: "eastus")

/// A target with these values, as a binder would make it.
func target(
  _ kind: KindDescriptor, name: String = "example", _ values: [AttributePath: AttributeValue]
) -> ComputeTarget {
  var attributes = Attributes(for: kind)
  for (path, value) in values {
    guard let slot = kind.slot(path) else { fatalError("\(kind.name) has no field '\(path)'") }
    attributes[slot] = value
  }
  return ComputeTarget(
    name: name, kind: kind, attributes: attributes,
    location: SourceLocation(startOf: "compute/example.yml"))
}

func secret(_ text: String) -> AttributeValue { .secret(SecretText(text, from: .literal)) }

/// The package's own folder.
let packageFolder: String = {
  var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  parts.removeLast(3)
  return parts.joined(separator: "/")
}()

/// The text of a file of the package, or nil if there is none.
func packageText(_ path: String) -> String? {
  FileManager.default.contents(atPath: "\(packageFolder)/\(path)")
    .map { String(decoding: $0, as: UTF8.self) }
}

extension KindDescriptor {
  /// Every field, those inside lists and maps included.
  var everyField: [Field] { fields.flatMap(\.withInsides) }
}

extension Field {
  fileprivate var withInsides: [Field] { [self] + type.insides }
}

extension FieldType {
  fileprivate var insides: [Field] {
    switch self {
    case .list(let element, _), .map(let element): element.insides
    case .object(let fields): fields.flatMap(\.withInsides)
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region,
      .secretFile, .anything:
      []
    }
  }
}
