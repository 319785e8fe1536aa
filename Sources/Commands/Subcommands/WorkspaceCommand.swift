internal import ArgumentParser
internal import BackendInterface
internal import ComputeKinds
internal import Diagnostics
internal import EmbeddedBackend
internal import ManifestSyntax
internal import Manifests
internal import SimulatorBackend
internal import TargetModel

/// The command `berth workspace`.
struct WorkspaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workspace",
    abstract: "Look at the embedded workspace, or change it behind Berth's back.",
    discussion: """
      What a colleague does in the portal of the real service: for demos, tests and
      learning. Only for stacks with the embedded workspace.
      """,
    subcommands: [
      WorkspaceShowCommand.self, WorkspaceSetCommand.self, WorkspaceAttachCommand.self,
      WorkspaceRemoveCommand.self,
    ])
}

/// The command `berth workspace show`.
struct WorkspaceShowCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show every target, as the service shows it.",
    usage: "berth workspace show [<options>]",
    discussion: """
      Example:
        berth workspace show --json

      Exit codes: 0 done, 1 error.
      """)

  @OptionGroup var common: CommonOptions

  @Flag(name: .customLong("json"), help: "Print the service's own JSON.")
  var printsJSON = false

  func run(in context: CommandContext) async -> ExitStatus {
    await withWorkspace(context, common, access: .readIfPresent) { workspace, presenter in
      let bodies = try await workspace.bodies()
      if printsJSON {
        context.output.write(AttributeValue.list(bodies).prettyJSON + "\n")
      } else if bodies.isEmpty {
        presenter.say("The workspace has no targets.\n")
      } else {
        presenter.say(bodies.map(text).joined(separator: "\n"))
      }
      return .success
    }
  }

  /// A target as YAML, with the fields that its kind knows.
  private func text(_ body: AttributeValue) -> String {
    let mapping = WireMapping(catalog: .azureML)
    guard let target = mapping.target(in: body) else { return "" }
    var entries: [YAMLValue.Entry] = [
      .init("name", .text(target.name)), .init("type", .text(target.kind.text)),
      .init("provisioning_state", .text(target.state.text)),
    ]
    if let power = target.power { entries.append(.init("power_state", .text(power.rawValue))) }
    if !target.errors.isEmpty {
      entries.append(.init("errors", .sequence(target.errors.map(YAMLValue.text))))
    }
    for (slot, field) in (KindCatalog.azureML[target.kind]?.fields ?? []).enumerated() {
      guard let value = target.attributes[slot], value != .null else { continue }
      entries.append(.init(field.path.description, value.yaml))
    }
    let tags = MarkTags.tags(for: target.marks).sorted { $0.key < $1.key }
    if !tags.isEmpty {
      entries.append(.init("marks", .mapping(tags.map { .init($0.key, .text($0.value)) })))
    }
    return YAMLValue.mapping(entries).yaml
  }
}

/// The command `berth workspace set`.
struct WorkspaceSetCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Give fields of a target other values.",
    usage: "berth workspace set [<options>] <addr> <field=value> ...",
    discussion: """
      Lists and maps are written as JSON; 'field=' takes a value away. 'tags.KEY'
      sets a tag, 'state' switches a machine on or off.

      Example:
        berth workspace set amlcompute.cpu-cluster max_instances=8

      Exit codes: 0 done, 1 error.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The target, such as amlcompute.cpu-cluster.", valueName: "addr"))
  var address: String

  @Argument(help: ArgumentHelp("What to change.", valueName: "field=value"))
  var assignments: [String]

  func run(in context: CommandContext) async -> ExitStatus {
    await withWorkspace(context, common, access: .readAndWrite) { workspace, presenter in
      let address = try await workspace.address(of: address)
      try workspace.portal { try $0.set(address.name, assignments: assignments, at: $1) }
      presenter.say("Changed \(address.description.visible) in the workspace.\n")
      return .success
    }
  }
}

/// The command `berth workspace attach`.
struct WorkspaceAttachCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "attach", abstract: "Attach a resource, as a colleague would in the portal.",
    usage: "berth workspace attach [<options>] <name> <kind> <resource-id>",
    discussion: """
      The service accepts a second attachment of one resource, and breaks the first.

      Example:
        berth workspace attach k8s-x kubernetes /subscriptions/.../managedClusters/c

      Exit codes: 0 done, 1 error.
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: "The name of the attachment.") var name: String
  @Argument(help: "Its kind, such as kubernetes.") var kind: String
  @Argument(help: ArgumentHelp("The resource's id.", valueName: "resource-id"))
  var resourceID: String

  func run(in context: CommandContext) async -> ExitStatus {
    await withWorkspace(context, common, access: .readAndWrite) { workspace, presenter in
      guard let descriptor = KindCatalog.azureML[KindName(kind)] else {
        let known = KindCatalog.azureML.kinds.map(\.name.text)
        let suggestion = nearest(to: kind, among: known).map { " Did you mean \"\($0)\"?" } ?? ""
        throw PortalMistake(reason: "'\(kind)' is no type that Berth manages.\(suggestion)")
      }
      try workspace.portal { try $0.attach(name, descriptor, resourceID, at: $1) }
      presenter.say("Attached \(descriptor.name).\(name.visible) in the workspace.\n")
      return .success
    }
  }
}

/// The command `berth workspace remove`.
struct WorkspaceRemoveCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a target; an attachment's resource lives on.",
    usage: "berth workspace remove [<options>] <addr>",
    discussion: """
      Example:
        berth workspace remove amlcompute.cpu-cluster

      Exit codes: 0 done, 1 error.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The target, such as amlcompute.cpu-cluster.", valueName: "addr"))
  var address: String

  func run(in context: CommandContext) async -> ExitStatus {
    await withWorkspace(context, common, access: .readAndWrite) { workspace, presenter in
      let address = try await workspace.address(of: address)
      try workspace.portal { try $0.remove(address.name, at: $1) }
      presenter.say("Removed \(address.description.visible) from the workspace.\n")
      return .success
    }
  }
}

/// A word of the user's that makes no sense here.
private struct PortalMistake: Error {
  let reason: String
}

/// Opens a stack's embedded workspace and does something with it.
func withWorkspace(
  _ context: CommandContext, _ common: CommonOptions, access: EmbeddedWorkspace.Access,
  _ body: (EmbeddedWorkspace, Presenter) async throws -> ExitStatus
) async -> ExitStatus {
  let opened = await openStack(context, common) { stack, findings in
    stack.openStore(for: access, in: context, reporting: &findings)
  }
  guard let (workspace, stack, presenter) = opened else { return .failure }
  guard stack.configuration.backend.azure == nil else {
    presenter.show(
      .portalRefused("The workspace is in Azure: change it there, in the portal or with 'az ml'."))
    return .failure
  }
  do {
    return try await body(workspace, presenter)
  } catch let mistake as PortalMistake {
    presenter.show(.portalRefused(mistake.reason))
  } catch let refusal as PortalRefusal {
    presenter.show(.portalRefused(refusal.reason))
  } catch let failure as BackendFailure {
    presenter.show(.backend(failure, doing: "Changing the workspace"))
  } catch {
    presenter.show(.portalRefused("\(error)"))
  }
  return .failure
}

extension Rule {
  static let workspaceChange = Rule("workspace-change")
}

extension Diagnostic {
  fileprivate static func portalRefused(_ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .workspaceChange, "Workspace can't be changed so",
      detail: "\(reason) 'berth list' shows what there is.")
  }
}

extension AttributeValue {
  /// The value as YAML.
  fileprivate var yaml: YAMLValue {
    switch self {
    case .null: .scalar(.null)
    case .bool(let bool): .scalar(.bool(bool))
    case .integer(let integer): .scalar(.integer(integer))
    case .number(let number): .scalar(.number(number))
    case .text(let text): .text(text)
    case .secret: .text(SecretText.placeholder)
    case .list(let elements): .sequence(elements.map(\.yaml))
    case .map(let entries):
      .mapping(entries.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.yaml) })
    }
  }
}

extension EmbeddedWorkspace {
  /// The address of a target that there is, as somebody typed it.
  fileprivate func address(of text: String) async throws -> TargetAddress {
    guard let address = TargetAddress(text) else {
      throw PortalMistake(reason: "'\(text)' is no address such as amlcompute.cpu-cluster.")
    }
    if let target = try await read(address.name), target.kind == address.kind { return address }
    let known = try await list().map(\.address.description)
    let meant = nearest(to: text, among: known).map { " Did you mean \"\($0)\"?" } ?? ""
    throw PortalMistake(reason: "There is no target '\(address)' in the workspace.\(meant)")
  }
}
