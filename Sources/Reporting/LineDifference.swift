/// The shortest way from one list of lines to another (Myers, 1986).
struct LineDifference {
  /// What becomes of a line; indices count from 0 in their own list.
  enum Edit: Hashable {
    case keep(Int, Int)
    case remove(Int)
    case add(Int)
  }

  /// Every line of both lists, removals before additions.
  let edits: [Edit]

  /// - Parameter limit: with more removals and additions than that, whatever differs between a
  ///   common beginning and a common end is replaced as a whole; the search is quadratic in them.
  init<Line: Hashable>(from before: [Line], to after: [Line], limit: Int = 1_000) {
    var numbers: [Line: Int] = [:]
    let number = { (line: Line) -> Int in
      let next = numbers.count
      return numbers[line, default: next]
    }
    var left: [Int] = []
    var right: [Int] = []
    for line in before {
      left.append(number(line))
      numbers[line] = left[left.count - 1]
    }
    for line in after {
      right.append(number(line))
      numbers[line] = right[right.count - 1]
    }
    let shorter = min(left.count, right.count)
    var start = 0
    while start < shorter, left[start] == right[start] { start += 1 }
    var end = 0
    while end < shorter - start, left[left.count - 1 - end] == right[right.count - 1 - end] {
      end += 1
    }
    let middle = Self.search(
      left[start..<(left.count - end)], right[start..<(right.count - end)], limit)
    edits =
      (0..<start).map { .keep($0, $0) } + Self.sorted(middle)
      + (0..<end).map { .keep(left.count - end + $0, right.count - end + $0) }
  }

  /// Removals before additions within each change.
  private static func sorted(_ edits: [Edit]) -> [Edit] {
    var result: [Edit] = []
    var added: [Edit] = []
    for edit in edits {
      switch edit {
      case .add: added.append(edit)
      case .remove: result.append(edit)
      case .keep:
        result += added + [edit]
        added = []
      }
    }
    return result + added
  }

  private static func search(
    _ left: ArraySlice<Int>, _ right: ArraySlice<Int>, _ limit: Int
  ) -> [Edit] {
    let whole = left.indices.map(Edit.remove) + right.indices.map(Edit.add)
    if left.isEmpty || right.isEmpty { return whole }
    // furthest[offset + k]: how far left one gets on the diagonal k.
    let most = min(limit, left.count + right.count)
    let offset = most + 1
    var furthest = Array(repeating: 0, count: 2 * most + 3)
    var steps: [[Int]] = []
    for distance in 0...most {
      steps.append(Array(furthest[(offset - distance - 1)...(offset + distance + 1)]))
      for k in stride(from: -distance, through: distance, by: 2) {
        let goesDown =
          k == -distance
          || (k != distance && furthest[offset + k - 1] < furthest[offset + k + 1])
        var x = goesDown ? furthest[offset + k + 1] : furthest[offset + k - 1] + 1
        // Beyond the end of either list there is nothing.
        while x < left.count, x - k < right.count, x - k >= 0,
          left[left.startIndex + x] == right[right.startIndex + x - k]
        {
          x += 1
        }
        furthest[offset + k] = x
        if x >= left.count, x - k >= right.count {
          return path(back: steps, to: (left.count, right.count), left, right)
        }
      }
    }
    return whole
  }

  /// Walks back over the steps of the search.
  private static func path(
    back steps: [[Int]], to end: (x: Int, y: Int), _ left: ArraySlice<Int>,
    _ right: ArraySlice<Int>
  ) -> [Edit] {
    var (x, y) = end
    var edits: [Edit] = []
    for (distance, furthest) in steps.enumerated().reversed() {
      let k = x - y
      let at = { (diagonal: Int) in furthest[diagonal + distance + 1] }
      let goesDown = k == -distance || (k != distance && at(k - 1) < at(k + 1))
      let previous = goesDown ? k + 1 : k - 1
      let startX = distance == 0 ? 0 : at(previous)
      let startY = distance == 0 ? 0 : startX - previous
      while x > startX, y > startY {
        x -= 1
        y -= 1
        edits.append(.keep(left.startIndex + x, right.startIndex + y))
      }
      if distance == 0 { break }
      if goesDown {
        y -= 1
        edits.append(.add(right.startIndex + y))
      } else {
        x -= 1
        edits.append(.remove(left.startIndex + x))
      }
    }
    return edits.reversed()
  }
}
