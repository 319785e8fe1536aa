internal import ComputeService
internal import SimulatorBackend
internal import TargetModel

extension AttributeValue {
  /// The bytes that it takes, roughly.
  var approximateSize: Int {
    switch self {
    case .null, .bool, .integer, .number, .secret: 16
    case .text(let text): 16 + text.utf8.count
    case .list(let elements): elements.reduce(16) { $0 + $1.approximateSize }
    case .map(let entries):
      entries.reduce(16) { $0 + 16 + $1.key.utf8.count + $1.value.approximateSize }
    }
  }
}

extension ServiceRequest {
  /// The bytes that a write brings, roughly; 0 for what brings none.
  var approximateSize: Int {
    switch self {
    case .put(_, let body), .patch(_, let body), .action(_, _, let body): body.approximateSize
    case .list, .page, .holders, .get, .delete, .operation: 0
    }
  }

  /// The compute that a write is about; nil for a read.
  var nameToWrite: String? {
    switch self {
    case .put(let name, _), .patch(let name, _), .delete(let name, _), .action(let name, _, _): name
    case .list, .page, .holders, .get, .operation: nil
    }
  }
}

extension MemoryStore {
  /// The bytes that a name takes: its compute, what an operation is to make of it, and what was
  /// left behind under it.
  func approximateSize(of key: String) -> Int {
    let compute = compute(key)
    let change = compute?.operation.flatMap(operation)?.change
    return [compute?.body, change, orphan(key)].reduce(0) { $0 + ($1?.approximateSize ?? 0) }
  }
}
