internal import TargetModel

/// What `berth.depends_on` says in all documents together.
struct Dependencies: Sendable {
  /// Who depends on whom, by name; never with a cycle: of each, the entry that closes it is left
  /// out here and told in `cycles`.
  private(set) var edges: [(dependent: String, dependency: String)] = []
  /// Cycles: each target depends on the next, the last on the first.
  private(set) var cycles: [[ComputeTarget]] = []
  /// Entries that name no document.
  private(set) var unknown: [(document: ComputeTarget, entry: TargetAddress)] = []

  /// - Parameter document: finds a document by the key of its name.
  init(of documents: [ComputeTarget], document: (String) -> ComputeTarget?) {
    var finished: Set<String> = []
    for start in documents where !start.settings.dependsOn.isEmpty {
      walk(from: start, document, &finished)
    }
  }

  /// Goes down from one document, depth first and without recursion: chains may be long.
  private mutating func walk(
    from start: ComputeTarget, _ document: (String) -> ComputeTarget?,
    _ finished: inout Set<String>
  ) {
    guard !finished.contains(start.nameKey) else { return }
    var path: [(target: ComputeTarget, next: Int)] = [(start, 0)]
    var depth: [String: Int] = [start.nameKey: 0]
    while let (target, next) = path.last {
      let key = target.nameKey
      guard next < target.settings.dependsOn.count else {
        depth[key] = nil
        finished.insert(key)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      let entry = target.settings.dependsOn[next]
      guard let other = document(entry.nameKey), other.address.means(entry) else {
        unknown.append((target, entry))
        continue
      }
      if let first = depth[entry.nameKey] {
        cycles.append(path[first...].map(\.target))
        continue
      }
      edges.append((key, entry.nameKey))
      if !finished.contains(entry.nameKey) {
        depth[entry.nameKey] = path.count
        path.append((other, 0))
      }
    }
  }
}

extension TargetAddress {
  /// True if what somebody typed is this address, the case of letters aside.
  fileprivate func means(_ typed: TargetAddress) -> Bool {
    nameKey == typed.nameKey && kind.text.lowercased() == typed.kind.text.lowercased()
  }
}
