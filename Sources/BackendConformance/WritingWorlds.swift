internal import BackendInterface
internal import TargetModel
internal import TestSupport

/// What every backend does when it makes, changes and removes.
let writingWorlds: [ConformanceWorld] = [
  ConformanceWorld("what is made is shown as it was asked for") {
    visit async throws(BackendFailure) in
    let pool = ComputeTarget(
      .inventedPool, "pool-a", ["size": "LARGE", "count": 7, "tags": ["team": "a"]])
    let request = WriteRequest.create(pool, marks: marks)
    let handle = try await visit.backend.submit(request)
    let early = try await visit.target("pool-a")
    visit.expect(
      early?.state == .creating || early?.state == .succeeded,
      "a create that was answered is seen at once")
    await visit.end(handle, of: request)
    try await visit.expectShown(pool, marks: marks)
  },

  ConformanceWorld("defaults stand where nothing was asked for") {
    visit async throws(BackendFailure) in
    let pool = ComputeTarget(.inventedPool, "plain")
    try await visit.carryOut(.create(pool, marks: marks))
    try await visit.expectShown(pool, marks: marks)
  },

  ConformanceWorld("a create may be repeated") { visit async throws(BackendFailure) in
    let pool = ComputeTarget(.inventedPool, "twice", ["count": 2])
    for _ in 0..<2 { try await visit.carryOut(.create(pool, marks: marks)) }
    try await visit.expectShown(pool, marks: marks)
    visit.expect(try await visit.backend.list().count == 1, "there is one target")
  },

  ConformanceWorld("an update changes what it names and nothing else") {
    visit async throws(BackendFailure) in
    var pool = ComputeTarget(
      .inventedPool, "growing", ["size": "large", "count": 2, "tags": ["team": "a"]])
    try await visit.carryOut(.create(pool, marks: marks))
    pool["count"] = 9
    var moved = marks
    moved.applied = "fedcba9876543210fedcba9876543210"
    try await visit.carryOut(.update(pool, fields: ["count"], marks: moved))
    try await visit.expectShown(pool, marks: moved)

    var other = pool
    other["count"] = 50
    other["tags"] = ["team": "b"]
    try await visit.carryOut(.update(other, fields: ["tags"], marks: moved))
    pool["tags"] = ["team": "b"]
    try await visit.expectShown(pool, marks: moved)
  },

  ConformanceWorld("an update takes back what is no longer wanted") {
    visit async throws(BackendFailure) in
    var pool = ComputeTarget(.inventedPool, "shrinking", ["count": 9, "tags": ["team": "a"]])
    try await visit.carryOut(.create(pool, marks: marks))
    pool["count"] = nil
    pool["tags"] = nil
    try await visit.carryOut(.update(pool, fields: ["count", "tags"], marks: marks))
    try await visit.expectShown(pool, marks: marks)
  },

  ConformanceWorld("what is deleted is gone, and its name is free for another kind") {
    visit async throws(BackendFailure) in
    try await visit.carryOut(.create(ComputeTarget(.inventedPool, "name"), marks: marks))
    try await visit.carryOut(.delete(name: "name"))
    visit.expect(try await visit.backend.read("name") == nil, "the target is gone")
    visit.expect(try await visit.backend.list().isEmpty, "the list is empty")
    let box = ComputeTarget(.inventedBox, "name", ["size": "big"])
    try await visit.carryOut(.create(box, marks: marks))
    try await visit.expectShown(box, marks: marks)
  },

  ConformanceWorld("what was deleted leaves nothing behind") { visit async throws(BackendFailure) in
    try await visit.carryOut(
      .create(ComputeTarget(.inventedPool, "again", ["size": "large"]), marks: marks))
    try await visit.carryOut(.delete(name: "again"))
    await visit.letTimePass(visit.backend.consistency.window)
    let pool = ComputeTarget(.inventedPool, "again", ["size": "tiny"])
    try await visit.carryOut(.create(pool, marks: marks))
    try await visit.expectShown(pool, marks: marks)
  },

  ConformanceWorld("removing what is not there succeeds") { visit async throws(BackendFailure) in
    try await visit.carryOut(.delete(name: "nobody"))
    try await visit.carryOut(.detach(name: "nobody"))
  },

  ConformanceWorld("a removal may be repeated while it runs") {
    visit async throws(BackendFailure) in
    try await visit.carryOut(.create(ComputeTarget(.inventedPool, "going"), marks: marks))
    let first = try await visit.backend.submit(.delete(name: "going"))
    let second = try await visit.backend.submit(.delete(name: "going"))
    await visit.end(first, of: .delete(name: "going"))
    await visit.end(second, of: .delete(name: "going"))
    visit.expect(try await visit.backend.read("going") == nil, "the target is gone")
  },

  ConformanceWorld("a machine is switched off and on") { visit async throws(BackendFailure) in
    try await visit.carryOut(.create(ComputeTarget(.inventedBox, "box"), marks: marks))
    visit.expect(try await visit.target("box")?.power == .running, "a machine starts running")
    for _ in 0..<2 {
      try await visit.carryOut(.stop(name: "box"))
      visit.expect(try await visit.target("box")?.power == .stopped, "a stopped one is off")
    }
    for _ in 0..<2 {
      try await visit.carryOut(.start(name: "box"))
      visit.expect(try await visit.target("box")?.power == .running, "a started one is on")
    }
  },
]
