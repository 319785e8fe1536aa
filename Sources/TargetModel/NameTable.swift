internal import Diagnostics

/// Where names stand in a list that is known from the beginning.
///
/// A dictionary guards against names that somebody chose so that they collide, and pays for that
/// with each lookup. These are Berth's own, few, and looked up for every line of every manifest.
package struct NameTable: Sendable {
  /// The names, in their order.
  package let names: [String]
  /// The bytes of all names, one after the other.
  private let bytes: [UInt8]
  /// The names by their codes, each at its code or behind it.
  private let places: [Place?]

  /// A name, and where its bytes are.
  private struct Place {
    let index: Int32
    let start: Int32
    let count: Int32
  }

  /// No names.
  package static let empty = NameTable([])

  /// - Parameter names: of several that are the same, the first counts.
  package init(_ names: [String]) {
    var size = 8
    while size < names.count * 4 { size *= 2 }
    var bytes: [UInt8] = []
    var places: [Place?] = Array(repeating: nil, count: size)
    for (index, name) in names.enumerated() {
      var code = Self.code(of: name) & (size - 1)
      while let place = places[code], names[Int(place.index)] != name {
        code = (code + 1) & (size - 1)
      }
      guard places[code] == nil else { continue }
      places[code] = Place(
        index: Int32(index), start: Int32(bytes.count), count: Int32(name.utf8.count))
      bytes += name.utf8
    }
    self.names = names
    self.bytes = bytes
    self.places = places
  }

  /// Where a name stands; nil if it is none of them.
  package subscript(name: String) -> Int? {
    name.utf8.withContiguousStorageIfAvailable { self[$0] }
      ?? Array(name.utf8).withUnsafeBufferPointer { self[$0] }
  }

  /// Where a name with these bytes stands; nil if it is none of them.
  package subscript(name: UnsafeBufferPointer<UInt8>) -> Int? {
    var code = Self.code(of: name) & (places.count - 1)
    while let place = places[code] {
      if has(name, at: place) { return Int(place.index) }
      code = (code + 1) & (places.count - 1)
    }
    return nil
  }

  private func has(_ name: UnsafeBufferPointer<UInt8>, at place: Place) -> Bool {
    guard Int(place.count) == name.count else { return false }
    return bytes.withUnsafeBytes { bytes in
      UnsafeRawBufferPointer(rebasing: bytes[Int(place.start)..<Int(place.start + place.count)])
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
