internal import BackendInterface
internal import TargetModel
internal import TestSupport

/// What every backend does when it attaches and detaches.
let attachingWorlds: [ConformanceWorld] = [
  ConformanceWorld("what is attached holds its resource") { visit async throws(BackendFailure) in
    let link = ComputeTarget(
      .inventedLink, "link", ["resource_id": .text(resource("One")), "tls": "on"])
    try await visit.carryOut(.attach(link, marks: marks))
    try await visit.expectShown(link, marks: marks)
  },

  ConformanceWorld("what is detached is gone, and its resource is free") {
    visit async throws(BackendFailure) in
    let first = ComputeTarget(.inventedLink, "first", ["resource_id": .text(resource("one"))])
    try await visit.carryOut(.attach(first, marks: marks))
    try await visit.carryOut(.detach(name: "first"))
    visit.expect(try await visit.backend.read("first") == nil, "the attachment is gone")
    let second = ComputeTarget(.inventedLink, "second", ["resource_id": .text(resource("one"))])
    try await visit.carryOut(.attach(second, marks: marks))
    try await visit.expectShown(second, marks: marks)
  },

  ConformanceWorld("a re-attachment changes what can't change in place") {
    visit async throws(BackendFailure) in
    var link = ComputeTarget(
      .inventedLink, "link", ["resource_id": .text(resource("one")), "tls": "on"])
    try await visit.carryOut(.attach(link, marks: marks))
    link["tls"] = "off"
    try await visit.carryOut(.detach(name: "link"))
    try await visit.carryOut(.attach(link, marks: marks))
    try await visit.expectShown(link, marks: marks)
  },

  ConformanceWorld("two that share a resource live side by side") {
    visit async throws(BackendFailure) in
    let shares = ["team-a", "team-b"].map { namespace in
      ComputeTarget(
        .inventedSharedLink, namespace,
        ["resource_id": .text(resource("shared")), "namespace": .text(namespace)])
    }
    for share in shares { try await visit.carryOut(.attach(share, marks: marks)) }
    for share in shares { try await visit.expectShown(share, marks: marks) }
  },

  ConformanceWorld("three rotate their resources, each released first") {
    visit async throws(BackendFailure) in
    let names = ["north", "east", "south"]
    var links = names.enumerated().map { index, name in
      ComputeTarget(.inventedLink, name, ["resource_id": .text(resource("r\(index)"))])
    }
    for link in links { try await visit.carryOut(.attach(link, marks: marks)) }
    for link in links { try await visit.carryOut(.detach(name: link.name)) }
    for index in links.indices {
      links[index]["resource_id"] = .text(resource("r\((index + 1) % links.count)"))
      try await visit.carryOut(.attach(links[index], marks: marks))
    }
    for link in links { try await visit.expectShown(link, marks: marks) }
  },
]
