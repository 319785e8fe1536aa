internal import Diagnostics
package import TargetModel

extension ComputeTarget {
  /// A target as a manifest would give it.
  package init(
    _ kind: KindDescriptor, _ name: String, _ values: [AttributePath: AttributeValue] = [:]
  ) {
    self.init(
      name: name, kind: kind, attributes: Attributes(for: kind),
      location: SourceLocation(startOf: "\(name).yml"))
    for (path, value) in values { self[path] = value }
  }
}
