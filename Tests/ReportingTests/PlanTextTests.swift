import Diagnostics
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// The plan as people read it (conventions: human plan).
struct PlanTextTests {
  private let coloured = TerminalStyle(usesColour: true)

  @Test func `a large plan is handed out in pieces of whole blocks, and is the same text`() {
    var large = Everyday.plan
    large.changes = (0..<400).flatMap { _ in Everyday.plan.changes }
    var pieces: [String] = []
    PlanText(large).forEachPiece { pieces.append($0) }
    #expect(pieces.count > 2)
    let longest = PlanText(Everyday.plan).text.utf8.count
    for piece in pieces {
      #expect(piece.hasSuffix("\n"))
      #expect(piece.utf8.count < 65_536 + longest)
    }
    let text = PlanText(large).text
    #expect(pieces.joined() == text)
    // As many blocks as there are changes, each with an empty line before it.
    let heads = text.split(separator: "\n\n").count { $0.hasPrefix("  # ") }
    #expect(heads == large.changes.count)
  }

  @Test func `a bit of everything`() {
    #expect(
      PlanText(Everyday.plan).text == """
        Resource actions are indicated with the following symbols:
          + create or attach
          ~ update in-place (current -> planned)
          - destroy or detach
        -/+ destroy and then create replacement
          = adopt

        Berth will perform the following actions:

          # link.k8s will be re-attached (the resource itself is kept)
          # (compute.yml:31)
        -/+ link "k8s" {
              ~ password = (sensitive value) # forces re-attachment
                # (2 unchanged attributes hidden)
            }

          # link.more will be attached
          # (compute.yml:50)
          + link "more" {
              + resource_id = "/subscriptions/s/resourceGroups/g/providers/Test.Things/things/vm"
              + password    = (sensitive value)
            }

          # pool.cpu must be replaced
          # (compute.yml:20)
        -/+ pool "cpu" {
              ~ size = "small" -> "big" # forces replacement
                # (2 unchanged attributes hidden)
            }

          # pool.fresh will be created
          # (compute.yml:40)
          + pool "fresh" {
              + size  = "small"
              + count = 1
              + tags  = { team = "ml" }
            }

          # pool.gpu will be updated in-place
          # (compute.yml:12)
          ~ pool "gpu" {
              ~ count = 4 -> 8
                # (2 unchanged attributes hidden)
            }

          # box.old-box will be destroyed
          # (because box.old-box is not in configuration)
          - box "old-box" {
            }

          # link.gone will be detached
          # (because link.gone is not in configuration)
          - link "gone" {
            }

        Plan: 4 to add, 1 to change, 4 to destroy. (1 to attach, 1 to detach, 1 to re-attach)

        Order of steps:
          s1 detach link.k8s
          s2 attach link.k8s (waits for s1 [detach-first])
          s4 delete pool.cpu
          s5 create pool.cpu (waits for s4 [name-free])
          (5 other steps wait for nothing)

        """)
  }

  @Test func `colours add to the text and take nothing`() {
    let text = PlanText(Everyday.plan, style: coloured).text
    #expect(text.replacing(/\u{1B}\[[0-9]+m/, with: "") == PlanText(Everyday.plan).text)
    #expect(!PlanText(Everyday.plan).text.contains("\u{1B}"))
  }

  @Test func `a coloured block`() {
    let plan = planned(
      [desired("pool", "cpu", ["size": "big"]), desired("pool", "p", ["count": 2])],
      [
        converged(desired("pool", "cpu")), converged(desired("pool", "p")),
        converged(desired("pool", "gone")),
      ])
    let bold = { (text: String) in "\u{1B}[1m\(text)\u{1B}[0m" }
    let red = { (text: String) in "\u{1B}[31m\(text)\u{1B}[0m" }
    let yellow = { (text: String) in "\u{1B}[33m\(text)\u{1B}[0m" }
    let grey = { (text: String) in "\u{1B}[90m\(text)\u{1B}[0m" }
    let text = PlanText(plan, style: coloured).text
    for block in [
      """
        # \(bold("pool.cpu")) must be replaced
        # (compute.yml:1)
      \(red("-/+")) pool "cpu" {
            \(yellow("~")) size = "small" -> "big" \(red("# forces replacement"))
              \(grey("# (2 unchanged attributes hidden)"))
          }
      """,
      """
        # \(bold("pool.p")) will be updated in-place
        # (compute.yml:1)
      \(yellow("  ~")) pool "p" {
            \(yellow("~")) count = 1 -> 2
      """,
      "\(red("  -")) pool \"gone\" {\n",
      "\n\(bold("Plan:")) 1 to add, 1 to change, 2 to destroy.\n",
      "\(yellow("  ~")) update in-place (current -> planned)\n",
    ] { #expect(text.contains(block), "\(block)") }
  }

  @Test(arguments: [
    (Action.create, "  +", "will be created"), (.attach, "  +", "will be attached"),
    (.update, "  ~", "will be updated in-place"),
    (.detachThenAttach, "-/+", "will be re-attached (the resource itself is kept)"),
    (.deleteThenCreate, "-/+", "must be replaced"), (.detachThenCreate, "-/+", "must be replaced"),
    (.deleteThenAttach, "-/+", "must be replaced"), (.detach, "  -", "will be detached"),
    (.delete, "  -", "will be destroyed"), (.adopt, "  =", "will be adopted"),
    (.forget, "  ~", "will be forgotten (the target itself stays)"),
    (.start, "  ~", "will be started"), (.stop, "  ~", "will be stopped"),
  ])
  func `each action has its symbol and its phrase, which ends the line`(
    _ action: Action, _ symbol: String, _ phrase: String
  ) {
    let text = PlanText(plan([change(action)])).text
    #expect(text.contains("\n  # pool.a \(phrase)\n"))
    #expect(text.contains("\n\(symbol) pool \"a\" {\n    }\n"))
    // The legend tells every symbol, this one among them.
    let legend = text.split(separator: "\n").dropFirst().prefix { !$0.hasPrefix("Berth") }
    #expect(legend.count == 5)
    #expect(legend.contains { $0.hasPrefix(symbol + " ") })
  }

  @Test(arguments: ["aks", "kubernetes"])
  func `of a cluster people read that the cluster is kept`(_ kind: String) {
    var change = change(.detachThenAttach)
    change.address = TargetAddress(kind: KindName(kind), name: "k8s-prod")
    #expect(
      PlanText(plan([change])).text.contains(
        "  # \(kind).k8s-prod will be re-attached (the cluster itself is kept)\n"))
  }

  @Test func `all actions are in the list above`() {
    #expect(Action.allCases.count == 13)
  }

  @Test func `a reason stands where the differences do not tell it`() {
    let told: Set<Action> = [
      .detach, .delete, .forget, .adopt, .detachThenAttach, .deleteThenCreate, .detachThenCreate,
      .deleteThenAttach,
    ]
    for action in Action.allCases {
      let text = PlanText(plan([change(action)])).text
      #expect(
        text.contains("  # (because a test wants it)\n") == told.contains(action),
        "\(action.rawValue)")
    }
    let forced = change(
      .deleteThenCreate,
      [AttributeChange(path: "size", before: 1, after: 2, effect: .forcesReplacement)])
    #expect(!PlanText(plan([forced])).text.contains("because"))
  }

  @Test func `nothing to do is good news unless a guard said no`() {
    let empty = plan([])
    #expect(
      PlanText(empty).text
        == "No changes. Your infrastructure matches the configuration.\n")
    #expect(PlanText(empty, isRefused: true).text.isEmpty)
    #expect(
      PlanText(plan([], mode: .refreshOnly)).text
        == "No changes. Your infrastructure matches the configuration.\n")
  }

  @Test func `drift alone`() {
    let pool = desired("pool", "p", ["count": 3], line: 7)
    var moved = converged(pool)
    if let slot = pool.kind.slot("count") { moved.attributes[slot] = 9 }
    let drift = planned([pool, desired("pool", "gone", line: 9)], [moved], mode: .refreshOnly)
    #expect(
      PlanText(drift).text == """
        Note: Targets have changed outside of Berth since they were last applied:

          # pool.gone has been deleted
          # (compute.yml:9)
          # (or its document is new and was not applied yet)
          - pool "gone" {
            }

          # pool.p has changed
          # (compute.yml:7)
          ~ pool "p" {
              ~ count = 3 -> 9 # severity medium
            }

        """)
  }

  @Test func `what is not ours is listed apart`() {
    let text = PlanText(
      planned(
        [desired("pool", "lost")],
        [
          observed("pool", "lost", marks: OwnershipMarks()),
          observed("pool", "adhoc", marks: OwnershipMarks()),
          observed("link", "theirs", marks: OwnershipMarks(stack: "other\u{1B}[2J")),
          observed("Kusto", "k", marks: OwnershipMarks()),
        ], mode: .refreshOnly)
    ).text
    #expect(
      text == """
        Note: Targets have changed outside of Berth since they were last applied:

          # pool.lost has changed
          # (compute.yml:1)
          # (or it was never applied: nobody owns the live target)
          ~ pool "lost" {
              - berth.stack = "prod" -> null # severity high
            }

        Not managed by this stack:

          Kusto.k      nobody's, of a type that Berth does not know
          link.theirs  of the stack 'other\\e[2J'
          pool.adhoc   nobody's

        """)
  }

  @Test func `T34 no secret is ever shown, in no style and no plan`() {
    for style in [TerminalStyle.plain, coloured] {
      let text = PlanText(Everyday.plan, style: style).text
      #expect(!text.contains("hunter2") && !text.contains("aaaa"))
    }
    let hidden = AttributeValue.secret(SecretText("hunter2", from: .literal))
    let careless = change(
      .update,
      [
        AttributeChange(
          path: "a", before: "hunter2", after: "hunter2", isSensitive: true, effect: .inPlace),
        AttributeChange(path: "b", before: ["k": [hidden]], after: hidden, effect: .inPlace),
      ])
    let text = PlanText(plan([careless])).text
    #expect(!text.contains("hunter2"))
    #expect(
      text.contains(
        """
              ~ a = (sensitive value)
              ~ b = {
                  k = [(sensitive value)],
                } -> (sensitive value)

        """))
  }

  @Test func `what comes, what goes, and what becomes null`() {
    let text = PlanText(
      plan([
        change(
          .update,
          [
            AttributeChange(path: "comes", before: nil, after: 1, effect: .inPlace),
            AttributeChange(path: "goes", before: 1, after: nil, effect: .inPlace),
            AttributeChange(path: "nothing", before: 1, after: .null, effect: .forcesReattachment),
          ])
      ])
    ).text
    #expect(
      text.contains(
        """
              + comes   = 1
              - goes    = 1 -> null
              ~ nothing = 1 -> null # forces re-attachment
            }
        """))
  }

  @Test func `one hidden attribute is one`() {
    var one = change(.update)
    one.unchangedAttributeCount = 1
    #expect(PlanText(plan([one])).text.contains("\n        # (1 unchanged attribute hidden)\n"))
  }

  @Test func `T31 T32 texts of strangers neither begin a line nor move a cursor`() {
    let evil = "x\n::error::\u{1B}[2J\r##vso[task]\u{202E}"
    var change = change(
      .delete,
      [
        AttributeChange(
          path: AttributePath([evil]), before: .text(evil), after: [evil: .text(evil)],
          effect: .inPlace)
      ])
    change.address = TargetAddress(kind: KindName(evil), name: evil)
    change.reason.text = evil
    change.source = SourceLocation(
      file: evil, start: SourcePosition(line: 1, column: 1, offset: 0),
      end: SourcePosition(line: 1, column: 1, offset: 0))
    var evilPlan = plan(
      [change],
      steps: [
        Step(id: StepID(1), address: change.address, act: .delete),
        Step(id: StepID(2), address: change.address, act: .mark, waitsFor: [StepID(1)]),
      ])
    evilPlan.drift = [
      DriftedTarget(address: change.address, attributes: change.attributes, source: change.source)
    ]
    let text = PlanText(evilPlan).text
    #expect(!text.contains("\u{1B}") && !text.contains("\r") && !text.contains("\u{202E}"))
    #expect(!text.contains("##vso["))
    for line in text.split(separator: "\n") {
      #expect(!line.drop { $0 == " " }.hasPrefix("::"), "\(line)")
    }
  }

  @Test func `the same plan gives the same bytes, in whatever order its targets are named`() {
    let targets = (0..<40).map {
      desired("pool", "p\($0)", ["tags": ["c": "1", "a": "2", "b": "3", "d": .text("\($0)")]])
    }
    let text = PlanText(planned(targets, [])).text
    for seed in UInt64(1)...20 {
      var random = SeededRandom(seed: seed)
      #expect(
        PlanText(planned(targets.shuffled(using: &random), [])).text == text, "seed \(seed)")
    }
  }
}
