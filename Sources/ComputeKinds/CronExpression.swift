/// What is wrong with a cron expression of five fields, as the end of a sentence; nil if nothing is.
///
/// The service reads the format of NCrontab (azure-ai-ml, CronTrigger): `*`, numbers, names of
/// months and days, ranges, lists and steps.
func cronFault(_ expression: String) -> String? {
  if isPlainCron(expression) { return nil }
  for (text, field) in zip(cronTexts(expression), cronFields) {
    for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      if let fault = field.fault(in: Substring(part)) { return fault }
    }
  }
  return nil
}

/// True for five fields with a blank between them, each of them `*` or one of its numbers or two of them
/// in order, as nearly all expressions are.
func isPlainCron(_ expression: String) -> Bool {
  var expression = expression
  return expression.withUTF8 { bytes in
    var position = 0
    func number() -> Int? {
      let start = position
      var number = 0
      while position < bytes.count, position < start + 2,
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
      {
        number = number * 10 + Int(bytes[position] - UInt8(ascii: "0"))
        position += 1
      }
      return position > start ? number : nil
    }
    func takes(_ character: Unicode.Scalar) -> Bool {
      guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }
    for index in cronFields.indices {
      if index > 0, !takes(" ") { return false }
      if takes("*") { continue }
      let range = cronFields[index].range
      guard let first = number(), range.contains(first) else { return false }
      guard takes("-") else { continue }
      guard let last = number(), range.contains(last), first <= last else { return false }
    }
    return position == bytes.count
  }
}

/// True if an expression has as many fields as are due.
func hasCronFields(_ expression: String) -> Bool {
  isPlainCron(expression) || cronTexts(expression).count == cronFields.count
}

/// The texts of an expression's fields.
private func cronTexts(_ expression: String) -> [Substring] {
  expression.utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
}

private let cronFields = [
  CronField(name: "minute", range: 0...59),
  CronField(name: "hour", range: 0...23),
  CronField(name: "day of the month", range: 1...31),
  CronField(
    name: "month", range: 1...12,
    words: [
      "january", "february", "march", "april", "may", "june", "july", "august", "september",
      "october", "november", "december",
    ]),
  CronField(
    name: "day of the week", range: 0...6,
    words: ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
    hint: "; Sunday is 0"),
]

/// One field: what it is called and what may stand in it.
private struct CronField {
  let name: String
  let range: ClosedRange<Int>
  /// Words for the numbers of the range; three letters of each are enough.
  var words: [String] = []
  /// What to say besides where a number is out of range.
  var hint = ""

  /// What is wrong with one element of the field's list.
  func fault(in part: Substring) -> String? {
    let pieces = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    if pieces.count == 2, Int(pieces[1]).map({ $0 < 1 }) ?? true {
      return "'\(pieces[1])' is no step of the \(name)"
    }
    guard pieces[0] != "*" else { return nil }
    let ends = pieces[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    for end in ends {
      guard let number = number(end) else { return "'\(end)' is no \(name)" }
      if !range.contains(number) {
        return "the \(name) goes from \(range.lowerBound) to \(range.upperBound), not to "
          + "\(number)\(hint)"
      }
    }
    if ends.count == 2, let first = number(ends[0]), let last = number(ends[1]), first > last {
      return "'\(pieces[0])' ends before it begins"
    }
    return nil
  }

  private func number(_ text: Substring) -> Int? {
    if text.isNumber { return Int(text) }
    let meant = text.lowercased()
    let isShort = meant.count == 3
    return words.firstIndex { $0 == meant || (isShort && $0.hasPrefix(meant)) }
      .map { range.lowerBound + $0 }
  }
}

extension Substring {
  /// True for digits and nothing else.
  fileprivate var isNumber: Bool {
    !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
