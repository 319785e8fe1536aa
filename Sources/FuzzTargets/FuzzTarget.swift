/// A reader of ours, and what must hold whatever bytes it is given.
///
/// `scripts/fuzz NAME` looks for bytes that break a law or trap; `Tests/FuzzTargetsTests` replays
/// those that once did, and those that reach far into the reader.
package struct FuzzTarget: Sendable, CustomStringConvertible {
  /// Its name, which is also that of its corpus.
  package let name: String
  /// Reads some bytes and checks the reader's laws.
  package let run: @Sendable ([UInt8]) throws(BrokenLaw) -> Void

  /// Every target.
  package static let all = [
    manifest, configuration, planFile, journal, ids, addresses, json, answer,
  ]

  /// The text that people read.
  package var description: String { name }
}

/// A law that some bytes broke.
package struct BrokenLaw: Error, CustomStringConvertible {
  /// The law, and what stands against it.
  package let description: String

  init(_ law: String, _ details: String) {
    description = details.isEmpty ? law : "\(law): \(details)"
  }
}

/// Checks a law; `details` tells what stands against it.
func require(
  _ law: String, _ holds: Bool, _ details: @autoclosure () -> String = ""
) throws(BrokenLaw) {
  guard holds else { throw BrokenLaw(law, details()) }
}

/// Gives what must be there by a law.
func require<Value>(
  _ law: String, _ value: Value?, _ details: @autoclosure () -> String = ""
) throws(BrokenLaw) -> Value {
  guard let value else { throw BrokenLaw(law, details()) }
  return value
}

/// True if the two are one text to the byte; `==` takes two forms of one letter for one.
func isSame(_ text: String, _ other: String) -> Bool { text.utf8.elementsEqual(other.utf8) }
