internal import ArgumentParser
internal import ComputeKinds
internal import Diagnostics
internal import Manifests
internal import TargetModel

/// The command `berth explain`.
struct ExplainCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain a kind of compute target, or one of its fields.",
    usage: "berth explain <kind>[.<field>] [<options>]",
    discussion: """
      Fields inside others are named by their path; older names are understood.

      Example:
        berth explain amlcompute.min_instances

      Exit codes: 0 done, 1 error.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: "A kind, or KIND.FIELD, such as 'aks.tls.cname'.")
  var subject: String

  @Flag(name: .customLong("json"), help: "Print one JSON object.")
  var printsJSON = false

  func run(in context: CommandContext) async -> ExitStatus {
    var findings = DiagnosticList()
    guard let explanation = explanation(reporting: &findings) else {
      Presenter(context, common).show(findings)
      return .failure
    }
    var json = explanation.json
    json["format_version"] = "1.0"
    context.output.write(printsJSON ? json.prettyJSON + "\n" : explanation.text)
    return .success
  }

  private func explanation(reporting findings: inout DiagnosticList) -> Explanation? {
    let words = subject.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = knownKind(String(words[0]), reporting: &findings) else { return nil }
    guard words.count > 1 else { return Explanation(of: kind) }
    let path = AttributePath(
      String(words[1].replacing("[]", with: ".[]").replacing("..", with: ".")))
    let settings = TargetSetting.all(for: kind)
    if path.segments.first == "berth" {
      let key = path.segments.dropFirst().joined(separator: ".")
      if key.isEmpty { return Explanation(of: settings, in: kind) }
      if let setting = settings.first(where: { $0.key == key }) {
        return Explanation(of: [setting], in: kind)
      }
    }
    if let key = IdentityKey(rawValue: path.description) { return Explanation(of: key, in: kind) }
    switch KindExplanation.subject(path, in: kind) {
    case .field(let field, let path, let olderName):
      return Explanation(of: field, path: path, olderName: olderName, in: kind)
    case .group(let fields): return Explanation(of: fields, under: path, in: kind)
    case .unknown(let known):
      let all = known + settings.map { "berth.\($0.key)" }
      let last = path.segments.last ?? ""
      let meant =
        nearest(to: path.description, among: all)
        ?? all.first { AttributePath($0).segments.last == last }
      findings.append(
        .unknownName(
          "'\(kind.name)' has no field '\(path)'.", meant: meant.map { "\(kind.name).\($0)" },
          advice: meant == nil ? "'berth explain \(kind.name)' lists its fields." : nil,
          known: []))
      return nil
    }
  }
}
