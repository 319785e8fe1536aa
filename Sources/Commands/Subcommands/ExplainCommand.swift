internal import ArgumentParser
internal import ComputeKinds
internal import Diagnostics
internal import Manifests
internal import Storage
internal import TargetModel

/// The command `berth explain`.
struct ExplainCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain a kind, one of its fields, or what a plan would do with a target.",
    usage: "berth explain <kind>[.<field>] | <addr> [<options>]",
    discussion: """
      Fields inside others are named by their path; older names are understood.
      What is no field is looked for among the stack's targets: what would be done
      with it, why, and what each step waits for. Changes nothing.

      Example:
        berth explain amlcompute.min_instances
        berth explain amlcompute.gpu-a100

      Exit codes: 0 done, 1 error.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var reuse: ReuseOptions

  @Argument(help: "A kind, KIND.FIELD such as 'aks.tls.cname', or a target.")
  var subject: String

  @Flag(name: .customLong("json"), help: "Print one JSON object.")
  var printsJSON = false

  /// What the subject turned out to be.
  private enum Meaning {
    case known(Explanation)
    /// No field of a kind; those that it has.
    case noField(KindDescriptor, AttributePath, known: [String])
  }

  func run(in context: CommandContext) async -> ExitStatus {
    var findings = DiagnosticList()
    switch meaning(reporting: &findings) {
    case .known(let explanation)?:
      context.printExplanation(printsJSON ? explanation.json : nil, explanation.text)
      return .success
    case .noField(let kind, let path, let known)?:
      if let address = TargetAddress(subject),
        StackFolder.containing(common.folder(in: context)) != nil
      {
        let target = PlannedTarget(
          address: TargetAddress(kind: kind.name, name: address.name), common: common,
          choice: reuse.choice, printsJSON: printsJSON)
        return await target.explain(in: context) {
          .unknownTarget(address, kind, known, targets: $0)
        }
      }
      findings.append(.unknownField(path, kind, known))
    case nil: break
    }
    Presenter(context, common).show(findings)
    return .failure
  }

  private func meaning(reporting findings: inout DiagnosticList) -> Meaning? {
    let words = subject.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = knownKind(String(words[0]), reporting: &findings) else { return nil }
    guard words.count > 1 else { return .known(Explanation(of: kind)) }
    let path = AttributePath(
      String(words[1].replacing("[]", with: ".[]").replacing("..", with: ".")))
    let settings = TargetSetting.all(for: kind)
    if path.segments.first == "berth" {
      let key = path.segments.dropFirst().joined(separator: ".")
      if key.isEmpty { return .known(Explanation(of: settings, in: kind)) }
      if let setting = settings.first(where: { $0.key == key }) {
        return .known(Explanation(of: [setting], in: kind))
      }
    }
    if let key = IdentityKey(rawValue: path.description) {
      return .known(Explanation(of: key, in: kind))
    }
    switch KindExplanation.subject(path, in: kind) {
    case .field(let field, let path, let olderName):
      return .known(Explanation(of: field, path: path, olderName: olderName, in: kind))
    case .group(let fields): return .known(Explanation(of: fields, under: path, in: kind))
    case .unknown(let known):
      return .noField(kind, path, known: known + settings.map { "berth.\($0.key)" })
    }
  }
}

extension CommandContext {
  /// Prints an explanation: as JSON if there is that of it, else as text.
  func printExplanation(_ json: AttributeValue?, _ text: String) {
    guard var json else { return output.write(text) }
    json["format_version"] = "1.0"
    output.write(json.prettyJSON + "\n")
  }
}

extension Diagnostic {
  fileprivate static func unknownField(
    _ path: AttributePath, _ kind: KindDescriptor, _ known: [String]
  ) -> Diagnostic {
    let meant = meantField(path, known)
    return .unknownName(
      "'\(kind.name)' has no field '\(path)'.", meant: meant.map { "\(kind.name).\($0)" },
      advice: meant == nil ? "'berth explain \(kind.name)' lists its fields." : nil, known: [])
  }

  fileprivate static func unknownTarget(
    _ address: TargetAddress, _ kind: KindDescriptor, _ fields: [String], targets: [String]
  ) -> Diagnostic {
    let meant =
      nearest(to: address.description, among: targets)
      ?? meantField(AttributePath(address.name), fields).map { "\(kind.name).\($0)" }
    return .unknownName(
      "'\(kind.name)' has no field '\(address.name)', and neither the manifests nor the workspace "
        + "have a target '\(address)'.", meant: meant,
      advice: meant == nil
        ? "'berth explain \(kind.name)' lists its fields, and 'berth list' the targets." : nil,
      known: [])
  }

  private static func meantField(_ path: AttributePath, _ known: [String]) -> String? {
    nearest(to: path.description, among: known)
      ?? known.first { AttributePath($0).segments.last == path.segments.last ?? "" }
  }
}
