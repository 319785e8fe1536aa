public import Diagnostics
public import TargetModel

/// The targets of a workspace as `berth list` shows them.
public struct TargetList: Sendable {
  private let targets: [ObservedTarget]
  private let stack: String

  /// The targets of a snapshot, seen from a stack.
  public init(_ snapshot: Snapshot, stack: String) {
    self.targets = snapshot.targets
    self.stack = stack
  }

  /// A table for people.
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
      ([heading] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([heading] + rows).enumerated().map { index, row in
      let cells = row.enumerated().map { column, cell in
        column == row.count - 1
          ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      let line = cells.joined(separator: "  ")
      return (index == 0 ? style.paint(line, .bold) : line) + "\n"
    }.joined()
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
