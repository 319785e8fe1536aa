/// Values by key, no more than fit: what came first is forgotten first.
struct RecentMemory<Value> {
  private struct Entry {
    let value: Value
    let size: Int
    let number: Int
  }

  /// How many, and how many bytes.
  private let most: (count: Int, size: Int)
  private var entries: [String: Entry] = [:]
  /// Keys in the order in which they came; one that was forgotten or came again counts no more.
  private var order: [(key: String, number: Int)] = []
  private var first = 0
  private var size = 0
  private var last = 0

  init(count: Int, size: Int) { most = (count, size) }

  subscript(key: String) -> Value? { entries[key]?.value }

  mutating func keep(_ value: Value, of size: Int, as key: String) {
    forget(key)
    guard size <= most.size else { return }
    last += 1
    entries[key] = Entry(value: value, size: size, number: last)
    order.append((key, last))
    self.size += size
    while entries.count > most.count || self.size > most.size { forgetFirst() }
    compact()
  }

  mutating func forget(_ key: String) {
    if let entry = entries.removeValue(forKey: key) { size -= entry.size }
  }

  private mutating func forgetFirst() {
    let (key, number) = order[first]
    first += 1
    if entries[key]?.number == number { forget(key) }
  }

  /// Takes out what counts no more, once it is more than what does.
  private mutating func compact() {
    guard order.count > 64, order.count > 2 * entries.count + first else { return }
    order = order[first...].filter { entries[$0.key]?.number == $0.number }
    first = 0
  }
}
