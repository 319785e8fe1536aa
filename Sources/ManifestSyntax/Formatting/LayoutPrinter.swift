/// Writes tokens in canonical layout: on the lines on which they stood.
struct LayoutPrinter {
  /// What is written besides scalars and comments.
  enum Token {
    case dash, question, colon, comma, open, close, property, alias, scalar, marker
  }

  /// A block collection that is open.
  private struct Block {
    let isMapping: Bool
    /// The column of its keys or dashes in the source.
    let sourceColumn: Int
    /// The same in what is written; unknown before its first token.
    var column: Int?
  }

  /// A bracket that is open.
  private struct Flow {
    /// The column of a closing bracket that begins a line.
    let base: Int
    let line: Int
  }

  private struct Comment {
    let text: ArraySlice<UInt8>
    let sourceColumn: Int
    let hasBlankLineBefore: Bool
  }

  private var output: [UInt8] = []
  private var blocks: [Block] = []
  private var flows: [Flow] = []
  private var previous: Token?
  /// Line breaks since the last token.
  private var breaks = 0
  private var column = 0
  /// Where the first token of the line stands, and how many lines came before it.
  private var lineIndent = 0
  private var line = 0
  private var endsOpen = false
  /// Comments on lines of their own: the next token tells where they belong.
  private var comments: [Comment] = []
  /// The collections that were open at the first of them, and how many of these stayed open.
  private var blocksAtComment: [Block] = []
  private var stillOpen = 0

  var isInFlow: Bool { !flows.isEmpty }
  /// The column of the innermost block collection in the source.
  var sourceColumn: Int? { blocks.last?.sourceColumn }

  /// The whole text.
  mutating func finished() -> [UInt8] {
    writeComments(before: -1, indent: 0)
    if !output.isEmpty, !endsOpen { output.append(0x0A) }
    return output
  }

  // MARK: Structure

  mutating func openBlock(isMapping: Bool, column: Int) {
    blocks.append(Block(isMapping: isMapping, sourceColumn: column))
  }

  mutating func closeBlock() {
    _ = blocks.popLast()
    stillOpen = min(stillOpen, blocks.count)
  }

  mutating func breakLine() { breaks += 1 }

  // MARK: Tokens

  mutating func print(_ token: Token, _ text: ArraySlice<UInt8>, at sourceColumn: Int) {
    begin(token, text.first, at: sourceColumn)
    write(text)
    end(token)
    switch token {
    case .open: flows.append(Flow(base: flowBase, line: line))
    case .close: _ = flows.popLast()
    case .dash, .question, .colon, .comma, .property, .alias, .scalar, .marker: break
    }
  }

  /// A plain or quoted scalar, perhaps over several lines.
  mutating func printText(_ text: ArraySlice<UInt8>, isPlain: Bool, at sourceColumn: Int) {
    begin(.scalar, text.first, at: sourceColumn)
    let lines = text.brokenLines
    let indent = flows.last.map { $0.base + 2 } ?? innerIndent ?? 2
    for (index, part) in lines.enumerated() {
      var part = part
      if index > 0 {
        part = part.drop { $0.isBlank }
        startLine(at: 0)
      }
      if index < lines.count - 1 {
        let short = part.withoutTrailingBlanks
        // An escaped blank at the end of a line is text.
        if isPlain || short.last != UInt8(ascii: "\\") { part = short }
      }
      if index > 0, !part.isEmpty { write(spaces: indent) }
      write(part)
    }
    end(.scalar)
  }

  mutating func print(_ block: BlockText, at sourceColumn: Int) {
    begin(.scalar, block.header.first, at: sourceColumn)
    write(block.header[...])
    if let comment = block.comment { write(comment: comment[...]) }
    for text in block.lines {
      startLine(at: 0)
      if !text.isEmpty { write(spaces: innerIndent ?? 2) }
      write(text)
    }
    end(.scalar)
    endsOpen = block.endsOpen
    breaks = 1 + block.trailingBlankLines
  }

  mutating func print(comment: ArraySlice<UInt8>, at sourceColumn: Int) {
    if !isAtLineStart {
      write(comment: comment)
    } else if let flow = flows.last {
      beginLine(at: flow.base + 2)
      write(comment)
    } else {
      if comments.isEmpty { (blocksAtComment, stillOpen) = (blocks, blocks.count) }
      comments.append(
        Comment(text: comment, sourceColumn: sourceColumn, hasBlankLineBefore: breaks > 1))
    }
    breaks = 0
    if previous == nil { previous = .marker }
  }

  private var isAtLineStart: Bool { breaks > 0 || previous == nil }

  private mutating func begin(_ token: Token, _ first: UInt8?, at sourceColumn: Int) {
    endsOpen = false
    if isAtLineStart {
      let indent = indent(of: token, at: sourceColumn)
      writeComments(before: sourceColumn, indent: indent)
      beginLine(at: indent)
    } else if needsSpace(before: token, first) {
      write(spaces: 1)
    }
    if let last = blocks.indices.last, blocks[last].column == nil { blocks[last].column = column }
  }

  private mutating func end(_ token: Token) {
    previous = token
    breaks = 0
  }

  // MARK: Where things stand

  /// The column of what stands in the innermost block collection on lines of its own.
  private var innerIndent: Int? { blocks.last.map { ($0.column ?? 0) + 2 } }

  private func indent(of token: Token, at sourceColumn: Int) -> Int {
    if let flow = flows.last { return token == .close ? flow.base : flow.base + 2 }
    guard let block = blocks.last else { return 0 }
    guard let column = block.column else {
      return blocks.dropLast().last.map { ($0.column ?? 0) + 2 } ?? 0
    }
    return sourceColumn == block.sourceColumn ? column : column + 2
  }

  /// Where a closing bracket goes whose opening one was written just now.
  private var flowBase: Int {
    if column == lineIndent + 1 { return lineIndent }
    if let flow = flows.last { return flow.line == line ? flow.base : lineIndent }
    guard let block = blocks.last, let column = block.column else { return lineIndent }
    return block.isMapping ? column : column + 2
  }

  private func needsSpace(before token: Token, _ first: UInt8?) -> Bool {
    switch token {
    case .colon: return previous != .scalar && previous != .close
    case .comma: return previous != .scalar && previous != .close && previous != .alias
    case .close:
      if previous == .property || previous == .colon { return true }
      return first == UInt8(ascii: "}") && previous != .open
    case .dash, .question, .open, .property, .alias, .scalar, .marker:
      return previous != .open || output.last != UInt8(ascii: "[")
    }
  }

  // MARK: Comments

  /// Comments go with the token below them, unless they stand deeper and a collection that ends
  /// there can have them.
  private mutating func writeComments(before sourceColumn: Int, indent: Int) {
    let closed = blocksAtComment[min(stillOpen, blocksAtComment.count)...]
    let breaksBefore = breaks
    for comment in comments {
      var column = indent
      if comment.sourceColumn > sourceColumn,
        let block = closed.last(where: { $0.sourceColumn <= comment.sourceColumn })
      {
        column = block.column ?? indent
      }
      breaks = comment.hasBlankLineBefore ? 2 : 1
      beginLine(at: column)
      write(comment.text)
    }
    if !comments.isEmpty { endsOpen = false }
    comments = []
    blocksAtComment = []
    breaks = breaksBefore
  }

  private mutating func write(comment: ArraySlice<UInt8>) {
    write(spaces: 1)
    write(comment)
  }

  // MARK: Writing

  /// Begins a line, after one blank line where there were some.
  private mutating func beginLine(at indent: Int) {
    if !output.isEmpty {
      output.append(0x0A)
      if breaks > 1 { output.append(0x0A) }
    }
    line += 1
    column = 0
    lineIndent = indent
    write(spaces: indent)
  }

  /// Begins a line within a scalar.
  private mutating func startLine(at indent: Int) {
    output.append(0x0A)
    line += 1
    column = indent
  }

  private mutating func write(_ text: ArraySlice<UInt8>) {
    output += text
    column += text.count { !$0.isContinuation }
  }

  private mutating func write(spaces count: Int) {
    output += repeatElement(0x20, count: count)
    column += count
  }
}
