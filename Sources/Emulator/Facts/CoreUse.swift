internal import TargetModel

/// The cores that the computes of some workspaces use, by family of machines.
struct CoreUse {
  private(set) var clusters = 0
  private(set) var dedicated = 0
  private(set) var lowPriority = 0
  private(set) var byFamily: [String: Int] = [:]

  /// Counts a compute, as its body shows it; an instance counts as a cluster of one node.
  mutating func count(_ body: AttributeValue) {
    let inner = body[AttributePath("properties.properties")] ?? .map([:])
    let size = inner["vmSize"]?.text.flatMap(MachineSize.named)
    let nodes: Int
    switch body[AttributePath("properties.computeType")]?.text?.lowercased() {
    case "amlcompute":
      clusters += 1
      nodes = inner["currentNodeCount"]?.integer ?? 0
    case "computeinstance":
      clusters += 1
      nodes = inner["state"]?.text == "Creating" ? 0 : 1
    default: return
    }
    // A size that is not in the list has the cores of the usual one.
    let cores = nodes * (size?.cores ?? 4)
    if inner["vmPriority"]?.text?.lowercased() == "lowpriority" {
      lowPriority += cores
    } else {
      dedicated += cores
      byFamily[size?.family ?? "standardDSv2Family", default: 0] += cores
    }
  }
}

/// What a subscription may use in a region, and what it does.
struct QuotaBook {
  /// Limits that were set, by the lower-case id of the quota.
  private var set: [String: Int] = [:]

  static let regional = 500
  static let clusters = 500
  static let family = 100
  private static let mostSet = 10_000

  func limit(ofFamily family: String, _ scope: String) -> Int {
    set[id(scope, "quotas", family).lowercased()] ?? Self.family
  }

  private func id(_ scope: String, _ word: String, _ family: String) -> String {
    let name = MachineSize.quotaName(ofFamily: family).replacing(" ", with: "_")
    return "\(scope)/\(word)/\(name)"
  }

  private func entry(
    _ id: String, _ type: String, _ name: String, limit: Int, used: Int?
  ) -> AttributeValue {
    var entry: AttributeValue = [
      "id": .text(id), "type": .text("Microsoft.MachineLearningServices/\(type)"),
      "limit": .integer(limit), "unit": "Count",
      "name": ["value": .text(name), "localizedValue": .text(name)],
    ]
    if let used { entry["currentValue"] = .integer(used) }
    return entry
  }

  /// What a workspace uses, and each of its computes that uses anything.
  struct Use {
    let workspace: WorkspaceIdentity
    var whole = CoreUse()
    var computes: [(id: String, use: CoreUse)] = []

    init(_ workspace: WorkspaceIdentity, _ bodies: [AttributeValue]) {
      self.workspace = workspace
      for body in bodies {
        whole.count(body)
        var use = CoreUse()
        use.count(body)
        guard use.dedicated > 0, let name = body["name"]?.text else { continue }
        computes.append(("\(workspace.resourceID)/computes/\(name)", use))
      }
    }
  }

  /// What is used, for the whole subscription and then for each workspace and its computes.
  func usages(of subscription: String, _ all: CoreUse, _ uses: [Use]) -> [AttributeValue] {
    let scope = "/subscriptions/\(subscription)"
    let dedicated = "Total Cluster Dedicated Regional vCPUs"
    let low = "Total Cluster Low Priority Regional vCPUs"
    var entries = [
      entry(
        "\(scope)/usages", "totalCores/usages", "Clusters", limit: Self.clusters,
        used: all.clusters),
      entry(
        "\(scope)/usages", "dedicatedCores/usages", dedicated, limit: Self.regional,
        used: all.dedicated),
      entry(
        "\(scope)/usages", "lowPriorityCores/usages", low, limit: Self.regional,
        used: all.lowPriority),
    ]
    for family in MachineSize.families {
      entries.append(
        entry(
          id(scope, "usages", family), "vmFamily/usages", MachineSize.quotaName(ofFamily: family),
          limit: limit(ofFamily: family, scope), used: all.byFamily[family] ?? 0))
    }
    for use in uses {
      entries += usages(of: use.workspace.resourceID, "workspaces", use.whole, in: use.workspace)
      for compute in use.computes {
        entries += usages(of: compute.id, "workspaces/computes", compute.use, in: use.workspace)
      }
    }
    return entries
  }

  private func usages(
    of id: String, _ type: String, _ use: CoreUse, in workspace: WorkspaceIdentity
  ) -> [AttributeValue] {
    MachineSize.families.compactMap { family in
      guard let cores = use.byFamily[family] else { return nil }
      var usage = entry(
        self.id(id, "usages", family), "\(type)/usages", MachineSize.quotaName(ofFamily: family),
        limit: limit(ofFamily: family, workspace.resourceID), used: cores)
      usage["amlWorkspaceLocation"] = .text(workspace.location)
      return usage
    }
  }

  /// What is allowed, for the subscription and for each workspace.
  func quotas(of subscription: String, _ workspaces: [WorkspaceIdentity]) -> [AttributeValue] {
    let scope = "/subscriptions/\(subscription)"
    return MachineSize.families.flatMap { family in
      let name = MachineSize.quotaName(ofFamily: family)
      return [
        entry(
          id(scope, "quotas", family), "vmFamily/quotas", name,
          limit: limit(ofFamily: family, scope), used: nil)
      ]
        + workspaces.map { workspace in
          var quota = entry(
            id(workspace.resourceID, "quotas", family), "workspaces/quotas", name,
            limit: limit(ofFamily: family, workspace.resourceID), used: nil)
          quota["amlWorkspaceLocation"] = .text(workspace.location)
          return quota
        }
    }
  }

  /// Sets limits and tells of each how that went.
  mutating func update(
    _ body: AttributeValue, of subscription: String
  ) throws(ServiceError) -> AttributeValue {
    guard let wanted = body["value"]?.list else { throw .badContent("'value' is required") }
    var answers: [AttributeValue] = []
    for item in wanted {
      var answer: AttributeValue = .map(
        (item.map ?? [:]).filter { key, _ in
          ["id", "type", "limit", "unit"].contains(key)
        })
      answer["status"] = .text(update(item, subscription))
      answers.append(answer)
    }
    return ["value": .list(answers)]
  }

  private mutating func update(_ item: AttributeValue, _ subscription: String) -> String {
    guard let id = item["id"]?.text?.lowercased(), let limit = item["limit"]?.integer,
      let family = MachineSize.families.first(where: { family in
        id.hasSuffix(self.id("", "quotas", family).lowercased())
      })
    else { return "InvalidVMFamilyName" }
    guard id.hasPrefix("/subscriptions/\(subscription.lowercased())/") else { return "Failure" }
    let isWorkspace = id.contains("/workspaces/")
    let ceiling =
      isWorkspace
      ? self.limit(ofFamily: family, "/subscriptions/\(subscription)") : QuotaBook.regional
    guard limit <= ceiling else { return "InvalidQuotaExceedsSubscriptionLimit" }
    guard limit >= -1, set.count < Self.mostSet else { return "Failure" }
    // -1 takes a limit away.
    set[id] = limit == -1 ? nil : limit
    return "Success"
  }
}
