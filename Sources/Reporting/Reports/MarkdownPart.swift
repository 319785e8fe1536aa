/// A part of a page that may be cut from its end.
struct MarkdownPart {
  private let title: String
  private let items: [String]
  /// What is said of so many items, of so many in all, that are not shown.
  private let cut: (Int, Int) -> String
  private let end: String

  init(
    title: String, items: [String], cut: @escaping (Int, Int) -> String, end: String = ""
  ) {
    self.title = title
    self.items = items
    self.cut = cut
    self.end = end
  }

  /// A part that is never cut.
  init(always text: String) {
    self.init(title: text, items: [], cut: { _, _ in "" })
  }

  /// The parts in their order, each with as many items as there is room for.
  ///
  /// Of several parts the first ones get the room; what every part says of a cut is kept free for
  /// it.
  static func text(_ parts: [MarkdownPart], limit: Int) -> String {
    var room = limit - parts.reduce(0) { $0 + $1.leastLength }
    return parts.map { $0.text(room: &room) }.joined()
  }

  /// What it takes to say that nothing of it is shown; its own text where it is never cut.
  private var leastLength: Int {
    items.isEmpty ? (isAlways ? title.utf8.count : 0) : cut(items.count, items.count).utf8.count
  }

  private var isAlways: Bool { items.isEmpty && cut(1, 1).isEmpty }

  private func text(room: inout Int) -> String {
    guard !items.isEmpty else { return isAlways ? title : "" }
    let frame = title.utf8.count + end.utf8.count
    guard frame <= room else { return cut(items.count, items.count) }
    room -= frame
    var shown = 0
    while shown < items.count, items[shown].utf8.count <= room {
      room -= items[shown].utf8.count
      shown += 1
    }
    if shown == 0 { room += frame }
    if shown == items.count { room += leastLength }
    let text = items[..<shown].joined()
    let note = shown < items.count ? cut(items.count - shown, items.count) : ""
    return shown == 0 ? note : title + text + note + end
  }
}
