public import Diagnostics
public import TargetModel

/// The targets of a workspace as `berth list` shows them.
public struct TargetList: Sendable {
  private let targets: [ObservedTarget]
  private let stack: String

  /// The targets of a snapshot, seen from a stack.
  public init(_ snapshot: Snapshot, stack: String) {
    self.targets = snapshot.targets.sorted { $0.address < $1.address }
    self.stack = stack
  }

  /// A table for people.
  ///
  /// On a terminal a resource that does not fit loses its beginning, which
  /// says least; elsewhere nothing is cut.
  public func text(style: TerminalStyle = .plain) -> String {
    guard !targets.isEmpty else { return "The workspace has no targets.\n" }
    let heading = ["ADDRESS", "STATE", "OWNER", "RESOURCE"]
    let rows = targets.map { target in
      [
        target.address.description.visible, state(of: target), owner(of: target),
        target.resource?.shown.visible ?? "-",
      ]
    }
    let widths = heading.indices.map { column in
      ([heading] + rows).map { $0[column].columnCount }.max() ?? 0
    }
    let room = style.isTerminal ? style.width - widths.dropLast().reduce(0) { $0 + $1 + 2 } : nil
    let lines = ([heading] + rows).map { row in
      let last = row.count - 1
      let resource = room.map { row[last].keepingEnd(columns: $0) } ?? row[last]
      let cells = (0..<last).map { row[$0].padded(to: widths[$0]) } + [resource]
      return cells.joined(separator: "  ").asPlainLine
    }
    return style.paint(lines[0], .bold) + "\n" + lines.dropFirst().map { $0 + "\n" }.joined()
  }

  /// The same as JSON, for programs.
  public var json: String {
    let objects = targets.map { target -> AttributeValue in
      [
        "address": .text(target.address.description), "kind": .text(target.kind.text),
        "name": .text(target.name), "state": .text(target.state.text),
        "power": target.power.map { .text($0.rawValue) } ?? .null,
        "owner": target.marks.stack.map(AttributeValue.text) ?? .null,
        "owned": .bool(target.marks.stack == stack),
        "resource_id": target.resource.map { .text($0.shown) } ?? .null,
        "attached": .bool(target.isAttached), "known_kind": .bool(target.isKnownKind),
        "errors": .list(target.errors.map(AttributeValue.text)),
      ]
    }
    let document: AttributeValue = ["format_version": "1.0", "targets": .list(objects)]
    return document.prettyJSON + "\n"
  }

  private func state(of target: ObservedTarget) -> String {
    let power = target.power.map { ", \($0.rawValue)" } ?? ""
    return target.state.text.visible + power
  }

  private func owner(of target: ObservedTarget) -> String {
    switch target.marks.stack {
    case stack?: "this stack"
    case let other?: other.visible
    case nil: "-"
    }
  }
}

extension String {
  /// The end of the text, with dots for what is missing; at least twenty columns of it.
  fileprivate func keepingEnd(columns limit: Int) -> String {
    let limit = max(20, limit)
    guard columnCount > limit else { return self }
    return "..." + unicodeScalars.suffix(limit - 3).map(String.init).joined()
  }
}
