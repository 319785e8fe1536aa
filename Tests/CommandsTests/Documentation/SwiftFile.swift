import Foundation
import Testing

/// A source file of ours.
struct SwiftFile {
  /// From the package's folder.
  let path: String
  let text: String

  /// All of them below a folder of the package, sorted by path.
  static func all(below folder: String) throws -> [SwiftFile] {
    let root = BerthBinary.packageFolder
    let names = try #require(
      FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path))
    return try names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().map {
      let path = "\(folder)/\($0)"
      let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
      return SwiftFile(path: path, text: text)
    }
  }
}
