package import HTTPExchange
package import Subprocesses

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What signing in takes from the world; all of it is handed in.
package struct Surroundings: Sendable {
  /// The environment of the run.
  package var environment: [String: String]
  package var transport: any HTTPTransport
  package var programs: any ProgramRunner
  package var time: SignInTime
  /// The bytes of a file, at most so many of them; nil if it can't be read.
  package var contents: @Sendable (_ path: String, _ limit: Int) -> [UInt8]?
  /// Another GUID each time.
  package var identifier: @Sendable () -> String
  /// Spreads the tries of many who failed together.
  package var random: any RandomNumberGenerator & Sendable

  package init(
    environment: [String: String], transport: any HTTPTransport,
    programs: any ProgramRunner = SystemPrograms(),
    time: SignInTime,
    contents: @escaping @Sendable (String, Int) -> [UInt8]? = Surroundings.file,
    identifier: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.environment = environment
    self.transport = transport
    self.programs = programs
    self.time = time
    self.contents = contents
    self.identifier = identifier
    self.random = random
  }

  /// A regular file of the machine.
  package static let file: @Sendable (String, Int) -> [UInt8]? = { path, limit in
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let type = attributes?[.type] as? FileAttributeType
    guard type == .typeRegular || type == .typeSymbolicLink,
      let data = try? Data(contentsOf: URL(filePath: path)), data.count <= limit
    else { return nil }
    return Array(data)
  }

  /// The value of a variable, without the blanks around it; nil if it is empty.
  func variable(_ name: String) -> String? {
    let value = (environment[name] ?? "").trimmingBlanks
    return value.isEmpty ? nil : value
  }
}

/// Time as signing in needs it.
package struct SignInTime: Sendable {
  /// How long ago something in the past was; never jumps.
  package var elapsed: @Sendable () -> Duration
  /// The time of day, in milliseconds since 1970; only where somebody else's time is read.
  package var wall: @Sendable () -> Int64
  package var sleep: @Sendable (Duration) async throws -> Void

  package init<C: Clock>(
    _ clock: C, wall: @escaping @Sendable () -> Int64
  ) where C.Duration == Duration, C.Instant: Sendable {
    let start = clock.now
    elapsed = { start.duration(to: clock.now) }
    sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    self.wall = wall
  }
}

extension String {
  /// The text without blanks and line ends at its ends.
  var trimmingBlanks: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
    let begin = drop(while: isBlank)
    let end = begin.lastIndex { !isBlank($0) }.map { begin.index(after: $0) } ?? begin.startIndex
    return String(begin[..<end])
  }
}
