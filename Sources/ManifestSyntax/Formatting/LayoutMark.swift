/// What stood where in a text that was read: libyaml's events with their offsets.
struct LayoutMark {
  enum Content: Equatable {
    case documentStart(version: String?)
    case documentEnd
    case scalar(EventSource.Scalar)
    case alias(String)
    case open(EventSource.Opening)
    case close
  }

  let content: Content
  let start: Int
  let end: Int

  init?(_ located: EventSource.Located) {
    start = Int(located.start.offset)
    end = Int(located.end.offset)
    switch located.event {
    case .streamStart, .streamEnd: return nil
    case .documentStart(let directives):
      content = .documentStart(version: directives.version.map { "\($0.major).\($0.minor)" })
    case .documentEnd: content = .documentEnd
    case .scalar(let scalar): content = .scalar(scalar)
    case .alias(let name): content = .alias(name)
    case .collectionStart(let opening): content = .open(opening)
    case .collectionEnd: content = .close
    }
  }
}
