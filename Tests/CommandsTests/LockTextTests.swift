import BackendInterface
import TargetModel
import Testing

@testable import Commands

@Suite("Texts of locks")
struct LockTextTests {
  /// At nine o'clock, renewed for the 48th time at 9:12:00, and seen seven seconds later.
  private static func text(_ who: String = "ci@runner-7") -> LockText {
    let nine: Int64 = 1_767_603_600_000
    return LockText(
      record: LeaseRecord(
        lease: Lease(id: "9f2c", token: 3),
        holder: LeaseHolder(
          path: "ws-prod", operation: "apply", who: who, version: "0.4.0", createdAt: nine,
          info: "https://ci.example/run/123"),
        renewals: 48, expiresAt: nine + 780_000),
      now: nine + 727_000)
  }

  @Test func `T22 a lock tells its owner, its age and when the owner was last heard of`() {
    #expect(
      Self.text().allLines.joined(separator: "\n") == """
        ID:        9f2c
        Path:      ws-prod
        Operation: apply
        Who:       ci@runner-7
        Version:   0.4.0
        Created:   2026-01-05 09:00:00 UTC (12m ago, expires in 53s)
        Info:      https://ci.example/run/123
        Heartbeat: 7s ago (due every 15s)
        """)
    #expect(Self.text().json["heartbeat"] == "2026-01-05T09:12:00.000000Z")
  }

  @Test func `T22 T31 an owner can't pretend to be somebody else`() {
    let lines = Self.text("ci\u{1B}[2K\r\u{202E}\nWho:       you").allLines
    #expect(lines.count == 8)
    #expect(lines[3] == "Who:       ci\\e[2K\\r\\u{202E}\\nWho:       you")
  }
}
