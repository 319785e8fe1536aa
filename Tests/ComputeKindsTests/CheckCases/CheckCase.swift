import ComputeKinds
import TargetModel
import Testing

/// One target and the rules it breaks.
struct CheckCase: Sendable, CustomTestStringConvertible {
  let name: String
  let kind: KindDescriptor
  let values: [AttributePath: AttributeValue]
  let rules: [String]

  init(
    _ name: String, _ kind: KindDescriptor, _ values: [AttributePath: AttributeValue],
    _ rules: String...
  ) {
    self.name = name
    self.kind = kind
    self.values = values
    self.rules = rules
  }

  var testDescription: String { "\(kind.name): \(name)" }
}

/// What cases of several kinds name.
extension AttributeValue {
  static let subnetID: AttributeValue = .text(
    "\(group)/providers/Microsoft.Network/virtualNetworks/vn/subnets/sn")

  static let machineID: AttributeValue = .text(
    "\(group)/providers/Microsoft.Compute/virtualMachines/vm")
}
