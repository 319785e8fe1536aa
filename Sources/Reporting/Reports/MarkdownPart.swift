/// A part of a page that may be cut from its end.
struct MarkdownPart {
  private let title: String
  private let count: Int
  /// An item by its place; made only if there is room for those before it.
  private let item: (Int) -> String
  /// What is said of so many items, of so many in all, that are not shown.
  private let cut: (Int, Int) -> String
  private let end: String

  init(
    title: String, count: Int, item: @escaping (Int) -> String,
    cut: @escaping (Int, Int) -> String, end: String = ""
  ) {
    self.title = title
    self.count = count
    self.item = item
    self.cut = cut
    self.end = end
  }

  /// A part that is never cut.
  static func always(_ text: String) -> MarkdownPart {
    MarkdownPart(title: "", count: 1, item: { _ in text }, cut: { _, _ in text })
  }

  /// The parts in their order, each with as many items as there is room for.
  ///
  /// Of several parts the first ones get the room; what every part says of a cut is kept free for
  /// it.
  static func text(_ parts: [MarkdownPart], limit: Int) -> String {
    var room = limit - parts.reduce(0) { $0 + $1.noteLength }
    return parts.map { $0.text(room: &room) }.joined()
  }

  /// What it takes to say that nothing of it is shown.
  private var noteLength: Int { count == 0 ? 0 : cut(count, count).utf8.count }

  /// - Parameter room: how much is left, the part's own note apart.
  private func text(room: inout Int) -> String {
    guard count > 0 else { return "" }
    var text = title
    var shown = 0
    while shown < count {
      let next = item(shown)
      // The last item needs no note any more.
      let spare = shown == count - 1 ? noteLength : 0
      guard text.utf8.count + next.utf8.count + end.utf8.count <= room + spare else { break }
      text += next
      shown += 1
    }
    if shown == count {
      room += noteLength - text.utf8.count - end.utf8.count
      return text + end
    }
    if shown == 0 { return cut(count, count) }
    room -= text.utf8.count + end.utf8.count
    return text + cut(count - shown, count) + end
  }
}
