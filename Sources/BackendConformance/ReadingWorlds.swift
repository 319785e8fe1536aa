internal import BackendInterface
internal import TargetModel
internal import TestSupport

/// What every backend does when it is read.
let readingWorlds: [ConformanceWorld] = [
  ConformanceWorld("an empty workspace shows nothing") { visit async throws(BackendFailure) in
    visit.expect(try await visit.backend.list().isEmpty, "the list is empty")
    visit.expect(try await visit.backend.read("nobody") == nil, "an absent target reads as nil")
  },

  ConformanceWorld("list and read tell the same") { visit async throws(BackendFailure) in
    let names = ["beta", "Alpha", "gamma", "delta"]
    for name in names {
      try await visit.carryOut(.create(ComputeTarget(.inventedPool, name), marks: marks))
    }
    let listed = try await visit.backend.list()
    visit.expect(Set(listed.map(\.name)) == Set(names), "the list has every target")
    visit.expect(listed.count == names.count, "the list has each target once")
    for target in listed {
      visit.expect(
        try await visit.backend.read(target.name) == target, "'\(target.name)' reads as listed")
    }
  },

  ConformanceWorld("names read in any case") { visit async throws(BackendFailure) in
    try await visit.carryOut(.create(ComputeTarget(.inventedPool, "Mixed"), marks: marks))
    visit.expect(try await visit.backend.read("mIXED")?.name == "Mixed", "the case is no matter")
  },

  ConformanceWorld("a secret is never read back") { visit async throws(BackendFailure) in
    let secret = "canary-5f1c0a9e"
    let link = ComputeTarget(
      .inventedLink, "vault",
      [
        "resource_id": .text(resource("vault")),
        "password": .secret(SecretText(secret, from: .literal)),
      ])
    let handle = try await visit.backend.submit(.attach(link, marks: marks))
    visit.expect(!"\(handle)".contains(secret), "a handle has no secret")
    let early = try await visit.backend.read("vault")
    await visit.end(handle, of: .attach(link, marks: marks))
    for shown in [early, try await visit.backend.read("vault")] {
      visit.expect(!String(reflecting: shown).contains(secret), "a read has no secret")
      visit.expect(
        shown?.attributes[link.kind.slot("password") ?? 0] == nil, "the secret's field is empty")
    }
  },

  ConformanceWorld("an operation that is over has succeeded") {
    visit async throws(BackendFailure) in
    visit.expect(
      try await visit.backend.status(of: .finished) == .succeeded, "a finished handle succeeded")
  },
]

/// Marks as an apply leaves them.
let marks = OwnershipMarks(
  stack: "conformance", applied: "0123456789abcdef0123456789abcdef",
  secrets: ["password": "f00d"])
