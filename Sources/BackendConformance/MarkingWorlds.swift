internal import BackendInterface
internal import TargetModel
internal import TestSupport

/// What every backend does with Berth's marks.
let markingWorlds: [ConformanceWorld] = [
  ConformanceWorld("marks come and go beside the user's own tags") {
    visit async throws(BackendFailure) in
    let pool = ComputeTarget(.inventedPool, "marked", ["count": 3, "tags": ["team": "a"]])
    try await visit.carryOut(.create(pool, marks: OwnershipMarks()))
    try await visit.expectShown(pool, marks: OwnershipMarks())
    var all = marks
    all.onRemove = .retain
    all.isProtected = true
    try await visit.carryOut(.mark(name: "marked", all))
    try await visit.expectShown(pool, marks: all)
    try await visit.carryOut(.mark(name: "marked", nil))
    try await visit.expectShown(pool, marks: OwnershipMarks())
  },

  ConformanceWorld("an update leaves tags alone that it does not name") {
    visit async throws(BackendFailure) in
    var pool = ComputeTarget(.inventedPool, "tagged", ["tags": ["team": "a"]])
    try await visit.carryOut(.create(pool, marks: marks))
    var silent = pool
    silent["tags"] = nil
    silent["count"] = 5
    try await visit.carryOut(.update(silent, fields: ["count"], marks: marks))
    pool["count"] = 5
    try await visit.expectShown(pool, marks: marks)
  },
]
