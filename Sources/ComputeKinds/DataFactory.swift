public import TargetModel

extension KindDescriptor {
  /// `datafactory`: a data factory that moves data for pipelines; created or attached.
  public static let dataFactory = KindDescriptor(
    name: "datafactory", computeType: "DataFactory", title: "data factory",
    summary: "A data factory that moves data between stores for pipelines.",
    origin: .createdOrAttached,
    fields: [
      .resourceID(["Microsoft.DataFactory/factories"], isRequired: false),
      .description, .tags(onChange: .recreate), .location(wire: nil),
    ],
    resource: HeldResource(), checks: [.sdkEnded],
    sample: """
      name: data-mover
      type: datafactory

      """)
}
