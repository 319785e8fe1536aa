extension Diagnostic {
  /// The finding as people read it (conventions: messages): a box on a terminal, plain lines
  /// elsewhere.
  ///
  ///     Error: Cluster is already attached
  ///
  ///       on ml/prod/compute.yaml line 31, in kubernetes.k8s-b:
  ///       31:   resource_id: /subscriptions/.../managedClusters/aks-prod
  ///
  ///     The same cluster is attached as kubernetes.k8s-prod. A second attachment
  ///     breaks the first one. Remove one of the two. [attach-once]
  ///       ml/prod/compute.yaml:31:16
  ///
  /// The last line is what terminals and editors turn into a link.
  public func text(sources: SourceTexts = SourceTexts(), style: TerminalStyle = .plain) -> String {
    let hasBox = style.isTerminal && style.usesUTF8
    let indent = hasBox ? 2 : 0
    var lines = heading(style, indent: indent) + [""]
    if let place = placeLines(sources, style, indent: indent), !place.isEmpty {
      lines += place + [""]
    } else if let address {
      lines += ["  in \(style.paint(address.visible, .bold)):", ""]
    }
    let sentence = "\(detail.visibleKeepingLines) [\(rule.id)]"
    lines += style.wrapped(sentence, indent: indent).map(\.asPlainLine)
    for other in related {
      lines.append("  \(other.message.visible): \(other.location.description.visible)")
    }
    if let location { lines.append("  \(location.description.visible)".asPlainLine) }
    guard hasBox else { return lines.joined(separator: "\n") + "\n" }
    let bar = style.paint("│", paint)
    return style.paint("╷", paint) + "\n"
      + lines.map { $0.isEmpty ? bar + "\n" : "\(bar) \($0)\n" }.joined()
      + style.paint("╵", paint) + "\n"
  }

  /// The finding on one line, for `--compact-warnings`.
  public func compactText(style: TerminalStyle = .plain) -> String {
    let place = location.map { " (\($0.description.visible))" } ?? ""
    let target = address.map { " \($0.visible):" } ?? ""
    return style.paint(title, paint) + "\(summary.visible):\(target) "
      + detail.replacingLineBreaks.visible + " [\(rule.id)]" + place + "\n"
  }

  private var title: String {
    switch severity {
    case .error: "Error: "
    case .warning: "Warning: "
    case .note: "Note: "
    }
  }

  private var paint: TerminalStyle.Paint {
    switch severity {
    case .error: .red
    case .warning: .yellow
    case .note: .cyan
    }
  }

  /// `Error: ` in its colour, and the summary.
  private func heading(_ style: TerminalStyle, indent: Int) -> [String] {
    let lines = style.wrapped(title + summary.visible, indent: indent)
    return lines.enumerated().map { index, line in
      index > 0
        ? style.paint(line, .bold)
        : style.paint(title, paint) + style.paint(String(line.dropFirst(title.count)), .bold)
    }
  }

  private func placeLines(
    _ sources: SourceTexts, _ style: TerminalStyle, indent: Int
  ) -> [String]? {
    guard let location else { return nil }
    let target = address.map { ", in \(style.paint($0.visible, .bold))" } ?? ""
    let heading = "  on \(location.file.visible) line \(location.start.line)\(target):"
    guard !hidesSource, let excerpt = sources.excerpt(at: location) else { return [heading] }
    let line = "  \(location.start.line): "
    // With the dots at both ends.
    let room = style.width - indent - line.count - 6
    let shown = excerpt.shown(atMost: style.isTerminal ? max(20, min(120, room)) : 120)
    return [heading, line + shown]
  }
}

extension SourceTexts.Excerpt {
  /// Some characters, those around the column, made visible.
  fileprivate func shown(atMost limit: Int) -> String {
    let scalars = Array(text.unicodeScalars)
    let start = max(0, min(column - limit / 2, scalars.count - limit))
    let end = min(start + limit, scalars.count)
    var cut = String.UnicodeScalarView()
    cut.append(contentsOf: scalars[start..<end])
    return (start > 0 || isCutBefore ? "..." : "") + String(cut).visible
      + (end < scalars.count || isCutBehind ? "..." : "")
  }
}

extension String {
  fileprivate var replacingLineBreaks: String {
    split(separator: "\n").joined(separator: " ")
  }
}
