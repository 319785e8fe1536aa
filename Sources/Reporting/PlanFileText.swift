internal import Digests
internal import Planning
internal import TargetModel

/// The next part of a plan file's text.
public enum PlanFilePiece: Sendable {
  /// What comes after all text before.
  case text([UInt8])
  /// The digest, to be written over what stands at this offset.
  case digest([UInt8], at: Int)
}

extension PlanFile {
  /// Makes the file's text piece by piece: JSON, keys sorted, no secrets, one newline at the end.
  ///
  /// The text is longer than all else that is known of a plan, so each change is put together when
  /// its turn comes, once, for the text and the digest. The digest stands near the beginning and is
  /// known at the end.
  ///
  /// - Parameter take: gets each piece, in order.
  /// - Returns: the digest.
  public func write<Failure: Error>(
    _ take: (PlanFilePiece) throws(Failure) -> Void
  ) throws(Failure) -> String {
    try write(members, take)
  }

  /// `sha256:` and 64 hexadecimal digits over all that decides what an apply does: time, version
  /// and machine are left out.
  ///
  /// It tells two plans apart; it is no signature.
  public var digest: String { write(members, hasText: false) { _ in } }

  /// The file's text.
  public var json: String { text(of: members) }

  /// The same as programs made for `terraform show -json` read it: some ask for the version whose form
  /// a plan has before they look at it.
  public var shownJSON: String {
    let version = PlanFileMember("terraform_version", in: .text, "1.0.0")
    return text(of: members + [version])
  }

  /// All of the file as one value.
  var body: AttributeValue {
    var body = content
    body["digest"] = .text(digest)
    return body
  }

  /// All of the file but its digest, as one value.
  var content: AttributeValue {
    var content = AttributeValue.map([:])
    for member in members where member.reach != .digest {
      content[AttributePath(member.path)] = member.value
    }
    return content
  }

  private func text(of members: [PlanFileMember]) -> String {
    var text: [UInt8] = []
    _ = write(members) { piece in
      switch piece {
      case .text(let bytes): text += bytes
      case .digest(let digest, let offset):
        text.replaceSubrange(offset..<offset + digest.count, with: digest)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private func write<Failure: Error>(
    _ members: [PlanFileMember], hasText: Bool = true,
    _ take: (PlanFilePiece) throws(Failure) -> Void
  ) throws(Failure) -> String {
    var draft = PlanFileDraft(hasText: hasText)
    for member in members.sorted(byKey: \.key) { try draft.add(member, take) }
    return try draft.end(take)
  }
}

/// One of a plan file's keys and what stands there.
struct PlanFileMember {
  /// What a member is a part of.
  enum Reach {
    /// The file's text.
    case text
    /// What the digest is over.
    case digest
    case both
  }

  fileprivate enum Content {
    case value(AttributeValue)
    /// Put together one by one; nil for none.
    case list(count: Int, element: (Int) -> AttributeValue?)
    case digest
  }

  /// The key, and those in it that lead to the value.
  let path: [String]
  let reach: Reach
  fileprivate let content: Content

  private init(_ path: [String], _ reach: Reach, _ content: Content) {
    (self.path, self.reach, self.content) = (path, reach, content)
  }

  /// A value that is short.
  init(_ key: String, in reach: Reach = .both, _ value: AttributeValue) {
    self.init([key], reach, .value(value))
  }

  /// A list with a value for each element that has one.
  init<Element>(
    _ path: String..., each elements: [Element],
    _ value: @escaping (Element) -> AttributeValue?
  ) {
    self.init(path, .both, .list(count: elements.count) { value(elements[$0]) })
  }

  /// Where the digest stands.
  static var digest: PlanFileMember { PlanFileMember(["digest"], .text, .digest) }

  var key: String { path[0] }

  /// All that stands there; nil for the digest.
  fileprivate var value: AttributeValue? {
    switch content {
    case .value(let value): value
    case .list(let count, let element): .list((0..<count).compactMap(element))
    case .digest: nil
    }
  }
}

/// A plan file's text and what its digest is over, as both grow.
private struct PlanFileDraft {
  let hasText: Bool
  private var text = JSONWriter(isIndented: true)
  private var digested = JSONWriter(isIndented: false)
  private var hash = GrowingSHA256()
  /// How many bytes of the text were passed on.
  private var passedOn = 0
  private var digestOffset = 0

  init(hasText: Bool) {
    self.hasText = hasText
    write(in: .both) { $0.beginMap() }
  }

  mutating func add<Failure: Error>(
    _ member: PlanFileMember, _ take: (PlanFilePiece) throws(Failure) -> Void
  ) throws(Failure) {
    let reach = member.reach
    write(in: reach) { writer in
      writer.add(key: member.key)
      for key in member.path.dropFirst() {
        writer.beginMap()
        writer.add(key: key)
      }
    }
    switch member.content {
    case .value(let value): write(in: reach) { $0.add(value) }
    case .list(let count, let element):
      write(in: reach) { $0.beginList() }
      for index in 0..<count {
        guard let value = element(index) else { continue }
        write(in: reach) { $0.add(value) }
        try passOn(ifLongerThan: Self.pieceSize, take)
      }
      write(in: reach) { $0.end() }
    case .digest:
      // Behind the quote.
      digestOffset = passedOn + text.bytes.count + 1
      write(in: reach) { $0.add(.text(Self.digest(of: GrowingSHA256()))) }
    }
    write(in: reach) { writer in
      for _ in member.path.dropFirst() { writer.end() }
    }
  }

  /// - Returns: the digest.
  mutating func end<Failure: Error>(
    _ take: (PlanFilePiece) throws(Failure) -> Void
  ) throws(Failure) -> String {
    write(in: .both) { $0.end() }
    try passOn(ifLongerThan: 0, take)
    let digest = Self.digest(of: hash)
    guard hasText else { return digest }
    try take(.text([UInt8(ascii: "\n")]))
    try take(.digest(Array(digest.utf8), at: digestOffset))
    return digest
  }

  private static func digest(of hash: GrowingSHA256) -> String { "sha256:" + hash.text }

  private static let pieceSize = 1 << 16

  private mutating func write(
    in reach: PlanFileMember.Reach, _ part: (inout JSONWriter) -> Void
  ) {
    if hasText, reach != .digest { part(&text) }
    if reach != .text { part(&digested) }
  }

  private mutating func passOn<Failure: Error>(
    ifLongerThan limit: Int, _ take: (PlanFilePiece) throws(Failure) -> Void
  ) throws(Failure) {
    if digested.bytes.count > limit { digested.drain { hash.take($0) } }
    guard text.bytes.count > limit else { return }
    passedOn += text.bytes.count
    try text.drain { bytes throws(Failure) in try take(.text(bytes)) }
  }
}
