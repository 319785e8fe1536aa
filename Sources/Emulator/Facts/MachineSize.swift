internal import TargetModel

/// A size of machines, as the service lists it.
struct MachineSize: Sendable {
  let name: String
  let family: String
  let cores: Int
  let gpus: Int
  let memory: Double
  let disk: Int
  /// Dollars an hour, Linux and not preemptible.
  let price: Double

  private init(
    _ name: String, _ family: String, _ cores: Int, _ memory: Double, disk: Int, gpus: Int = 0,
    _ price: Double
  ) {
    self.name = name
    self.family = family
    self.cores = cores
    self.gpus = gpus
    self.memory = memory
    self.disk = disk
    self.price = price
  }

  /// The size of a name, whatever its case; nil for one that is not in the list.
  static func named(_ name: String) -> MachineSize? {
    byName[name.lowercased()]
  }

  private static let byName = Dictionary(
    all.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })

  /// A choice of the service's sizes: names, cores and memory are Azure's, prices are of their
  /// order.
  static let all: [MachineSize] = [
    MachineSize("Standard_D2_v2", "standardDv2Family", 2, 7, disk: 102_400, 0.15),
    MachineSize("Standard_D3_v2", "standardDv2Family", 4, 14, disk: 204_800, 0.29),
    MachineSize("Standard_D12_v2", "standardDv2Family", 4, 28, disk: 204_800, 0.37),
    MachineSize("Standard_D2s_v3", "standardDSv3Family", 2, 8, disk: 16_384, 0.1),
    MachineSize("Standard_D4s_v3", "standardDSv3Family", 4, 16, disk: 32_768, 0.19),
    MachineSize("Standard_D8s_v3", "standardDSv3Family", 8, 32, disk: 65_536, 0.38),
    MachineSize("Standard_D13_v2", "standardDv2Family", 8, 56, disk: 409_600, 0.74),
    MachineSize("Standard_DS1_v2", "standardDSv2Family", 1, 3.5, disk: 7_168, 0.07),
    MachineSize("Standard_DS2_v2", "standardDSv2Family", 2, 7, disk: 14_336, 0.15),
    MachineSize("Standard_DS3_v2", "standardDSv2Family", 4, 14, disk: 28_672, 0.29),
    MachineSize("Standard_DS4_v2", "standardDSv2Family", 8, 28, disk: 57_344, 0.58),
    MachineSize("Standard_DS5_v2", "standardDSv2Family", 16, 56, disk: 114_688, 1.17),
    MachineSize("Standard_DS11_v2", "standardDSv2Family", 2, 14, disk: 28_672, 0.18),
    MachineSize("Standard_DS12_v2", "standardDSv2Family", 4, 28, disk: 57_344, 0.37),
    MachineSize("Standard_E4ds_v4", "standardEDSv4Family", 4, 32, disk: 153_600, 0.29),
    MachineSize("Standard_E8s_v3", "standardESv3Family", 8, 64, disk: 131_072, 0.5),
    MachineSize("Standard_F2s_v2", "standardFSv2Family", 2, 4, disk: 16_384, 0.08),
    MachineSize("Standard_F4s_v2", "standardFSv2Family", 4, 8, disk: 32_768, 0.17),
    MachineSize("Standard_F16s_v2", "standardFSv2Family", 16, 32, disk: 131_072, 0.68),
    MachineSize("Standard_NC6", "standardNCFamily", 6, 56, disk: 389_120, gpus: 1, 0.9),
    MachineSize("Standard_NC12", "standardNCFamily", 12, 112, disk: 696_320, gpus: 2, 1.8),
    MachineSize("Standard_NC6s_v3", "standardNCSv3Family", 6, 112, disk: 344_064, gpus: 1, 3.06),
    MachineSize(
      "Standard_NC24s_v3", "standardNCSv3Family", 24, 448, disk: 1_376_256, gpus: 4, 12.24),
    MachineSize(
      "Standard_NC4as_T4_v3", "standardNCASv3_T4Family", 4, 28, disk: 180_224, gpus: 1, 0.53),
    MachineSize(
      "Standard_NC24ads_A100_v4", "StandardNCADSA100v4Family", 24, 220, disk: 1_048_576, gpus: 1,
      3.67),
    MachineSize(
      "Standard_ND96asr_v4", "standardNDASv4_A100Family", 96, 900, disk: 2_969_600, gpus: 8, 27.2),
  ]

  var json: AttributeValue {
    let prices: [(price: Double, os: String, tier: String)] = [
      (price, "Linux", "Standard"), (price / 5, "Linux", "LowPriority"),
      (price * 1.8, "Windows", "Standard"), (price * 0.72, "Windows", "LowPriority"),
    ]
    return [
      "name": .text(name), "family": .text(family), "vCPUs": .integer(cores),
      "gpus": .integer(gpus), "osVhdSizeMB": 1_047_552, "maxResourceVolumeMB": .integer(disk),
      "memoryGB": .number(memory), "lowPriorityCapable": true,
      "premiumIO": .bool(name.dropFirst("Standard_".count).lowercased().contains("s")),
      "estimatedVMPrices": [
        "billingCurrency": "USD", "unitOfMeasure": "OneHour",
        "values": .list(
          prices.map {
            [
              "retailPrice": .number(($0.price * 100).rounded() / 100), "osType": .text($0.os),
              "vmTier": .text($0.tier),
            ]
          }),
      ],
      "supportedComputeTypes": ["AmlCompute", "ComputeInstance"],
    ]
  }

  /// What quotas call its family: `Standard DSv2 Family Cluster Dedicated vCPUs`.
  static func quotaName(ofFamily family: String) -> String {
    var name = family.lowercased().hasPrefix("standard") ? String(family.dropFirst(8)) : family
    if name.hasSuffix("Family") { name = String(name.dropLast(6)) }
    return "Standard \(name) Family Cluster Dedicated vCPUs"
  }

  static let families: [String] = {
    var seen: Set<String> = []
    return all.map(\.family).filter { seen.insert($0).inserted }
  }()
}
