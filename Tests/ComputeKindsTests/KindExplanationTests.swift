import ComputeKinds
import TargetModel
import TestSupport
import Testing

@Suite struct KindExplanationTests {
  @Test(arguments: KindCatalog.azureML.kinds.map(\.name))
  func `every field is found under each of its names`(name: KindName) throws {
    let kind = try #require(KindCatalog.azureML[name])
    for field in kind.fields {
      for asked in [field.path] + field.olderNames {
        guard case .field(_, let path, let older) = KindExplanation.subject(asked, in: kind) else {
          Issue.record("\(name).\(asked) is not found")
          continue
        }
        // One field's older name may be another's name today.
        if kind.fields.filter({ ([$0.path] + $0.olderNames).contains(asked) }).count == 1 {
          #expect(path == field.path)
          #expect(older == (asked == field.path ? nil : asked))
        }
        let facts = KindExplanation.facts(of: field, path: path, in: kind)
        #expect(facts.allSatisfy { !$0.text.isEmpty && !$0.text.contains("`") })
      }
    }
  }

  @Test func `what stands inside lists and maps is found`() throws {
    let kind = try #require(KindCatalog.azureML["computeinstance"])
    for path in [
      "schedules.compute_start_stop.action", "schedules.compute_start_stop.[].action",
      "schedules.compute_start_stop.0.action",
    ] as [AttributePath] {
      guard case .field(let field, let full, _) = KindExplanation.subject(path, in: kind) else {
        Issue.record("\(path) is not found")
        continue
      }
      #expect(field.path == "action")
      #expect(full == "schedules.compute_start_stop.action")
      // A part of a value is changed as the whole is.
      let change = KindExplanation.facts(of: field, path: full, in: kind)
        .first { $0.name == "a change" }
      #expect(change?.text == "in place, by updateSchedules")
    }
  }

  @Test func `a key with fields below it is a group`() throws {
    let kind = try #require(KindCatalog.azureML["amlcompute"])
    guard case .group(let fields) = KindExplanation.subject("ssh_settings", in: kind) else {
      Issue.record("no group")
      return
    }
    #expect(fields.allSatisfy { $0.path.segments.first == "ssh_settings" })
    #expect(fields.count == 3)
  }

  @Test(arguments: KindCatalog.azureML.kinds.map(\.name))
  func `what is unknown is told with what is known`(name: KindName) throws {
    let kind = try #require(KindCatalog.azureML[name])
    for path in ["", "nothing", "..", "tags.a.b", "description.more"] as [AttributePath] {
      guard case .unknown(let known) = KindExplanation.subject(path, in: kind) else {
        Issue.record("\(path) is found")
        continue
      }
      for field in kind.fields { #expect(known.contains(field.path.description)) }
    }
  }

  @Test func `an overview tells what changes on a living target`() throws {
    let cluster = try #require(KindCatalog.azureML["amlcompute"])
    #expect(KindOverview(cluster).changesInPlace.contains("max_instances"))
    #expect(!KindOverview(cluster).changesInPlace.contains("size"))
  }
}
