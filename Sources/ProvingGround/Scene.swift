internal import Diagnostics
internal import Planning
internal import TargetModel
internal import TestSupport

/// What a world is made of before anybody applies anything: documents, and live targets that came
/// from them by the edits people make.
///
/// Few names and few resources, so that they collide.
struct Scene: Sendable {
  /// What the stacks want, apply by apply; people commit between two of them.
  var commits: [Commit] = []
  /// What is live at the beginning, in the order in which it came to be.
  var live: [LiveTarget] = []
  /// How much of it somebody moved since.
  var drifts = 0
  /// True if the service is still at work on some of it.
  var isInProgress = false

  struct Commit: Sendable {
    /// What our stack wants.
    var ours: [ComputeTarget] = []
    /// What the other stack wants.
    var others: [ComputeTarget] = []
  }

  struct LiveTarget: Sendable {
    let document: ComputeTarget
    let marks: OwnershipMarks
    let isFailed: Bool
  }

  static let stack = "prod"
  static let otherStack = "lab"
  /// Stands in every secret, and must stand nowhere else.
  static let canary = "CaNaRy"

  /// There are up to four, so that eight targets collide.
  static let mostResources = 4

  private static let names = ["aaa", "bbb", "ccc", "ddd", "eee", "fff", "ggg", "hhh"]

  init() {}

  init(_ stage: Stage) {
    var writer = DocumentWriter(stage: stage)
    // Many, so that worlds are worth the trouble.
    writer.resources = stage.pick([4, 4, 4, 3, 3, 2, 1, 0])
    let documents = (0..<stage.choose(Self.names.count + 1)).map { index in
      writer.document(Self.names[index], index)
    }
    live = Self.settled(documents, stage)
    let first = Commit(ours: documents)
    commits = [stage.chance(200) ? first : writer.edited(first, Self.names)]
    for _ in 0..<stage.choose(4) {
      // Some are reverted, to what was wanted before them or to what was there at the beginning.
      let former = commits.count > 1 ? commits[commits.count - 2] : first
      commits.append(
        stage.chance(200) ? former : writer.edited(commits[commits.count - 1], Self.names))
    }
    for index in 0..<stage.choose(3) {
      let other = writer.document(Self.names[5 - index], stage.choose(Self.mostResources))
      for commit in commits.indices { commits[commit].others.append(other) }
    }
    for commit in commits.indices {
      commits[commit].others = DocumentWriter.withNamesOnce(commits[commit].others)
    }
    drifts = stage.chance(150) ? 1 + stage.choose(2) : 0
    isInProgress = stage.chance(100)
  }

  // MARK: What is live

  /// What an earlier apply made of the documents: some of it, nothing, all, or the beginning.
  private static func settled(_ documents: [ComputeTarget], _ stage: Stage) -> [LiveTarget] {
    let way = stage.choose(8)
    let made: ArraySlice<ComputeTarget> =
      switch way {
      case 5: []
      case 6: documents.prefix(stage.choose(documents.count))
      default: documents[...]
      }
    var live: [LiveTarget] = []
    for document in made where way >= 6 || !stage.chance(250) {
      live.append(Self.live(document, stage))
    }
    return live
  }

  /// A live target as an apply left it, or not quite.
  private static func live(_ document: ComputeTarget, _ stage: Stage) -> LiveTarget {
    var marks = document.marks(of: stack)
    if stage.chance(60) { marks = OwnershipMarks(stack: stage.chance(500) ? otherStack : nil) }
    return LiveTarget(document: document, marks: marks, isFailed: stage.chance(50))
  }
}
