internal import TargetModel

// How pages and explanations put a field's table row into words.

extension Field {
  var shownSummary: String {
    if isSecret { return "\(summary). A secret" }
    return isWriteOnly ? "\(summary). The service never tells it" : summary
  }

  var shownDefault: String {
    if isRequired { return "required" }
    guard let defaultValue else { return "-" }
    if defaultValue == .null { return "none" }
    return "`\(defaultValue.text ?? defaultValue.canonicalJSON)`"
  }

  func shownEffect(of origin: KindDescriptor.Origin) -> String {
    if wire == nil { return path == "location" ? "no effect" : "see the subnet" }
    if origin == .createdOrAttached, onChangeIfCreated == .inPlace {
      return "re-attaches; in place where it was created"
    }
    switch (onChange, origin) {
    case (.inPlace, _): return "in place"
    case (.inPlaceBy(let action), _): return "in place, by `\(action)`"
    case (.recreate, .created): return "replaces"
    case (.recreate, .attached): return "re-attaches"
    case (.recreate, .createdOrAttached): return "re-attaches or replaces"
    }
  }
}

extension FieldType {
  var shown: String {
    switch self {
    case .text: return "text"
    case .boolean, .toggle: return "`true` or `false`"
    case .integer(let range): return "\(range.lowerBound) to \(range.upperBound)"
    case .duration(let unit, let range):
      let name = unit == .minutes ? "minutes" : "seconds"
      return "\(range.lowerBound) to \(range.upperBound) \(name)"
    case .choice(let choices): return choices.map { "`\($0.name)`" }.joined(separator: ", ")
    case .resourceID(let types):
      return types.isEmpty
        ? "resource id" : "id of " + types.map { "`\($0)`" }.joined(separator: " or ")
    case .region: return "region"
    case .secretFile: return "path of a file"
    case .list(let element, let limit):
      return "list of \(element.shown)" + (limit.map { ", at most \($0)" } ?? "")
    case .object: return "map"
    case .map(let element): return "map of \(element.shown)"
    case .anything: return "anything"
    }
  }

  /// The older words of a choice, beside the present ones.
  var olderWords: [[String]] {
    guard case .choice(let choices) = self else { return [] }
    return choices.flatMap { choice in
      choice.olderNames.map { ["`\($0)`", "`\(choice.name)`"] }
    }
  }
}
