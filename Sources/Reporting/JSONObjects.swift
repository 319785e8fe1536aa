internal import Diagnostics
internal import Planning
internal import TargetModel

/// JSON forms that the plan file and the event stream share.
enum JSONObjects {
  /// An address with all seven keys that tools made for Terraform expect.
  static func resource(_ address: TargetAddress) -> OrderedJSON {
    .object([
      ("addr", .text(address.description)), ("module", ""),
      ("resource", .text(address.description)), ("implied_provider", "azureml"),
      ("resource_type", .text(address.kind.text)), ("resource_name", .text(address.name)),
      ("resource_key", .value(.null)),
    ])
  }

  static func location(_ location: SourceLocation) -> AttributeValue {
    [
      "filename": .text(location.file), "start": position(location.start),
      "end": position(location.end),
    ]
  }

  private static func position(_ position: SourcePosition) -> AttributeValue {
    [
      "line": .integer(position.line), "column": .integer(position.column),
      "byte": .integer(position.offset),
    ]
  }

  /// A finding, with the line it is about unless that may hold a secret.
  static func diagnostic(_ finding: Diagnostic, sources: SourceTexts) -> AttributeValue {
    var object: AttributeValue = [
      "severity": .text(finding.severity.rawValue), "summary": .text(finding.summary),
      "detail": .text(finding.detail), "rule": .text(finding.rule.id),
    ]
    if let address = finding.address { object["address"] = .text(address) }
    if let place = finding.location {
      object["range"] = location(place)
      if !finding.hidesSource, let line = sources.line(at: place) {
        object["snippet"] = ["code": .text(line), "start_line": .integer(place.start.line)]
      }
    }
    if !finding.related.isEmpty {
      object["related"] = .list(
        finding.related.map {
          ["message": .text($0.message), "range": location($0.location)]
        })
    }
    return object
  }
}

extension Action {
  /// The word in the JSON of plans and events.
  var word: String {
    switch self {
    case .create: "create"
    case .attach: "attach"
    case .update: "update"
    case .detachThenAttach: "reattach"
    case .deleteThenCreate: "replace"
    case .detachThenCreate: "detach-then-create"
    case .deleteThenAttach: "delete-then-attach"
    case .detach: "detach"
    case .delete: "delete"
    case .adopt: "adopt"
    case .forget: "forget"
    case .start: "start"
    case .stop: "stop"
    }
  }

  init?(word: String) {
    guard let action = Action.allCases.first(where: { $0.word == word }) else { return nil }
    self = action
  }

  /// The actions that tools made for Terraform know: whatever loses something says `delete`.
  var terraformActions: [AttributeValue] {
    switch self {
    case .create, .attach: ["create"]
    case .update, .adopt, .start, .stop: ["update"]
    case .detach, .delete: ["delete"]
    case .detachThenAttach, .deleteThenCreate, .detachThenCreate, .deleteThenAttach:
      ["delete", "create"]
    case .forget: ["forget"]
    }
  }

  /// What becomes of the resource behind the target.
  var underlyingResource: String {
    switch self {
    case .create: "created"
    case .delete, .deleteThenCreate, .deleteThenAttach: "lost"
    case .attach, .update, .detachThenAttach, .detachThenCreate, .detach, .adopt, .forget, .start,
      .stop:
      "kept"
    }
  }
}
