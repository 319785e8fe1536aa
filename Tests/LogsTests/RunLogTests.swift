import Logs
import Synchronization
import Testing

@Suite("Logs")
struct RunLogTests {
  /// The lines of a log.
  private func lines(_ level: LogLevel = .trace, _ work: (RunLog) -> Void) -> [String] {
    let lines = Written()
    work(
      RunLog(level, run: "6b1f0a4c", time: { "2026-01-05T09:00:00.000Z" }) { line in
        lines.texts.withLock { $0.append(line) }
      })
    return lines.texts.withLock { $0 }
  }

  private final class Written: Sendable { let texts = Mutex<[String]>([]) }

  @Test func `a line has its time, level, run and event first, then its facts by name`() {
    let lines = lines {
      $0.tell(
        .warn, "request",
        [
          .word("method", "GET"), .number("status", 429), .milliseconds("delay_ms", .seconds(1.5)),
          .name("target", "amlcompute.gpu"),
        ])
    }
    #expect(
      lines == [
        "time=2026-01-05T09:00:00.000Z level=warn run=6b1f0a4c event=request "
          + "delay_ms=1500.000 method=GET status=429 target=amlcompute.gpu\n"
      ])
  }

  @Test(arguments: LogLevel.allCases)
  func `a log tells its level and what is graver, and nothing else is even made`(level: LogLevel) {
    var made = 0
    func facts() -> [LogFact] {
      made += 1
      return []
    }
    let lines = lines(level) { log in
      for level in LogLevel.allCases { log.tell(level, "event", facts()) }
    }
    let index = LogLevel.allCases.firstIndex(of: level) ?? 0
    let told = LogLevel.allCases[index...]
    #expect(lines.count == told.count)
    #expect(zip(lines, told).allSatisfy { $0.contains(" level=\($1.rawValue) ") })
    #expect(made == told.count)
    RunLog.off.tell(.error, "event", facts())
    #expect(made == told.count && RunLog.off.isOff)
  }

  @Test(arguments: [
    (LogFact.name("k", "a b"), "k=\"a b\""),
    (.name("k", ""), "k=\"\""),
    (.name("k", "a\"b\\c"), #"k="a\"b\\c""#),
    (.name("k", "a\nlevel=error"), #"k="a\nlevel=error""#),
    (.name("k", "\u{1B}[31m\u{202E}"), #"k="\e[31m\u{202E}""#),
    (.path("path", "/subscriptions/x?sig=C4nary&se=1"), "path=/subscriptions/x"),
    (.code("code", "TooManyRequests"), "code=TooManyRequests"),
    (.code("code", "The password C4nary is wrong."), "code=hidden"),
    (.code("code", "C4nary"), "code=hidden"),
    (
      .requestID("id", "6b1f0a4c-5d2e-4f67-89ab-cdef01234567"),
      "id=6b1f0a4c-5d2e-4f67-89ab-cdef01234567"
    ),
    (.requestID("id", "C4nary-hunter2"), "id=hidden"),
  ])
  func `a fact stays in its line and says nothing it should not`(fact: LogFact, text: String) {
    let lines = lines { $0.tell(.info, "event", [fact]) }
    #expect(lines.map { $0.hasSuffix(" event=event \(text)\n") } == [true], "\(lines)")
    #expect(lines[0].split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    (Duration.zero, "0.000"), (.microseconds(1), "0.001"), (.milliseconds(12), "12.000"),
    (.seconds(61.25), "61250.000"), (.nanoseconds(999), "0.000"), (.microseconds(-1_500), "-1.500"),
  ])
  func `durations are milliseconds with three places`(duration: Duration, text: String) {
    #expect(duration.millisecondsText == text)
  }
}
