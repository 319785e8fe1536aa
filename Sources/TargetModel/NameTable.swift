internal import Diagnostics

/// Where names stand in a list that is known from the beginning.
///
/// A dictionary guards against names that somebody chose so that they collide, and pays for that
/// with each lookup. These are Berth's own, few, and looked up for every line of every manifest.
package struct NameTable: Sendable {
  /// The names, in their order.
  package let names: [String]
  /// The bytes of all names, one after the other, and where each name ends in them.
  private let bytes: [UInt8]
  private let ends: [Int]
  /// Where a name stands in the list, by the code of the name or behind it; -1 where none does.
  private let places: [Int]

  /// No names.
  package static let empty = NameTable([])

  /// - Parameter names: of several that are the same, the first counts.
  package init(_ names: [String]) {
    var size = 8
    while size < names.count * 4 { size *= 2 }
    var bytes: [UInt8] = []
    var ends: [Int] = []
    var places = Array(repeating: -1, count: size)
    for (index, name) in names.enumerated() {
      bytes += name.utf8
      ends.append(bytes.count)
      var place = Self.code(of: name) & (size - 1)
      while places[place] >= 0, names[places[place]] != name { place = (place + 1) & (size - 1) }
      if places[place] < 0 { places[place] = index }
    }
    self.names = names
    self.bytes = bytes
    self.ends = ends
    self.places = places
  }

  /// Where a name stands; nil if it is none of them.
  package subscript(name: String) -> Int? {
    var place = Self.code(of: name) & (places.count - 1)
    while places[place] >= 0 {
      if names[places[place]] == name { return places[place] }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  /// Where a name with these bytes stands; nil if it is none of them.
  package subscript(name: UnsafeBufferPointer<UInt8>) -> Int? {
    var place = Self.code(of: name) & (places.count - 1)
    while places[place] >= 0 {
      if hasName(name, at: places[place]) { return places[place] }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  private func hasName(_ name: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    let start = index == 0 ? 0 : ends[index - 1]
    guard ends[index] - start == name.count else { return false }
    return bytes.withUnsafeBytes { bytes in
      UnsafeRawBufferPointer(rebasing: bytes[start..<ends[index]])
        .holdsSame(as: UnsafeRawBufferPointer(name))
    }
  }

  /// A number that most names have for themselves.
  private static func code(of name: String) -> Int {
    name.utf8.withContiguousStorageIfAvailable { code(of: $0) }
      ?? Array(name.utf8).withUnsafeBufferPointer { code(of: $0) }
  }

  private static func code(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard let first = bytes.first, let last = bytes.last else { return 0 }
    return bytes.count &+ Int(first) &* 5 &+ Int(last) &* 31
  }
}
