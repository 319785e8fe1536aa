internal import BackendInterface
internal import ComputeKinds
internal import Diagnostics
internal import EmbeddedBackend
internal import Manifests
internal import Reporting
internal import Storage
internal import TargetModel

/// Finds the values that an option or a word of a command may have, from the manifests of the folder
/// at hand and without a network.
struct ValueCompletion {
  let context: CommandContext
  /// The folder that the line names; nil for the one the shell is in.
  var folder: String?

  init(in context: CommandContext) { self.context = context }

  /// What an argument takes is said by what its value is called in the help.
  func completion(
    of argument: CommandArgument, _ beginning: String, after given: [String]
  ) async -> Completion {
    switch argument.valueName {
    case "addr": return words(addresses(), beginning)
    case "subject" where argument.abstract.contains("a target"): return subjects(beginning)
    case "subject": return words(schemas, beginning)
    case "kind": return words(kinds, beginning)
    case "field=value": return fields(of: given.first, beginning)
    case "kind=file": return reports(beginning)
    case "class,...": return classes(beginning)
    case "name": return words(overlays(), beginning)
    case "id" where argument.form == .positional: return words(await locks(), beginning)
    case "rev": return words(revisions(), beginning)
    case "bool": return words(["true", "false"].map { .init(word: $0) }, beginning)
    case "what": return words([.init(word: DriftWriting.accept.rawValue)], beginning)
    case "shell":
      return words(Shell.allCases.map { .init(word: $0.rawValue) }, beginning)
    case "command": return words(commands(below: given), beginning)
    case "dir": return .folders
    case "file", "planfile", "paths", "cert,key": return .files
    default: return words(argument.words.map { .init(word: $0) }, beginning)
    }
  }

  private func words(_ candidates: [Completion.Candidate], _ beginning: String) -> Completion {
    Completion(candidates: candidates.filter { $0.word.hasPrefix(beginning) })
  }

  // MARK: The stack

  private var startFolder: String {
    folder.map { context.path($0, from: context.workingDirectory) } ?? context.workingDirectory
  }

  private func stack() -> LoadedStack? {
    var loader = StackLoader(context)
    return loader.load(from: startFolder, secrets: .checkForm)
  }

  private func addresses() -> [Completion.Candidate] {
    stack()?.targets.map {
      .init(word: $0.address.description, meaning: $0.location.file)
    } ?? []
  }

  private func overlays() -> [Completion.Candidate] {
    StackFolder.containing(startFolder)?.overlayNames.map { .init(word: $0) } ?? []
  }

  /// What Git calls the ends of branches, and tags.
  private func revisions() -> [Completion.Candidate] {
    let names =
      Git(folder: startFolder, context: context)?
      .records(
        "for-each-ref", "--format=%(refname:short)%00", "refs/heads", "refs/remotes", "refs/tags")
      ?? []
    let lines = names.map { $0.filter { $0 != "\n" } }.filter { !$0.isEmpty }
    return (["HEAD"] + lines).map { .init(word: $0) }
  }

  /// The locks in a file; a shared one would need the network.
  private func locks() async -> [Completion.Candidate] {
    var findings = DiagnosticList()
    guard let stack = stack(), stack.configuration.lock == nil,
      let locks = await stack.openLocks(for: .readIfPresent, in: context, reporting: &findings),
      let records = try? await locks.leases.leases()
    else { return [] }
    return records.map {
      .init(word: $0.lease.id, meaning: "\($0.holder.operation) by \($0.holder.who)")
    }
  }

  // MARK: Kinds

  private var kinds: [Completion.Candidate] {
    KindCatalog.azureML.kinds.map { .init(word: $0.name.text, meaning: $0.title) }
  }

  private var schemas: [Completion.Candidate] {
    kinds + [
      .init(word: "compute", meaning: "documents of any kind"),
      .init(word: "overlay", meaning: "documents of overlays"),
      .init(word: "stack", meaning: "berth.yaml"),
    ]
  }

  /// Kinds first; a kind's fields and targets once it stands there.
  private func subjects(_ beginning: String) -> Completion {
    guard let dot = beginning.firstIndex(of: "."),
      let kind = KindCatalog.azureML[KindName(String(beginning[..<dot]))]
    else {
      let found = words(kinds, beginning).candidates
      return Completion(form: .open, candidates: found)
    }
    let name = String(beginning[...dot])
    let own = addresses().filter { $0.word.hasPrefix(name) }
    let fields = fieldNames(of: kind).map {
      Completion.Candidate(word: name + $0.word, meaning: $0.meaning)
    }
    return words(own + fields, beginning)
  }

  private func fieldNames(of kind: KindDescriptor) -> [Completion.Candidate] {
    kind.fields.map {
      .init(
        word: $0.path.description.replacing("[]", with: ""),
        meaning: $0.summary.replacing("`", with: ""))
    } + TargetSetting.all(for: kind).map { .init(word: "berth.\($0.key)", meaning: $0.summary) }
  }

  private func fields(of address: String?, _ beginning: String) -> Completion {
    guard let address = address.flatMap(TargetAddress.init(_:)),
      let kind = KindCatalog.azureML[address.kind], !beginning.contains("=")
    else { return .nothing }
    let fields = kind.fields.filter { $0.setBy == .user }.map { field in
      Completion.Candidate(
        word: field.path.description + "=", meaning: field.summary.replacing("`", with: ""))
    }
    return Completion(
      form: .open, candidates: words(fields, beginning).candidates)
  }

  // MARK: Words of options

  private func reports(_ beginning: String) -> Completion {
    if beginning.contains("=") { return .files }
    let kinds = ReportFormat.allCases.map { Completion.Candidate(word: $0.rawValue + "=") }
    return Completion(form: .open, candidates: words(kinds, beginning).candidates)
  }

  /// The classes behind those that stand there already.
  private func classes(_ beginning: String) -> Completion {
    let end = beginning.lastIndex(of: ",").map { beginning.index(after: $0) }
    let before = String(beginning[..<(end ?? beginning.startIndex)])
    let used = Set(before.split(separator: ",").map(String.init))
    let open = FailOnClass.allCases.map(\.rawValue).filter { !used.contains($0) }
    return words(open.map { .init(word: before + $0) }, beginning)
  }

  private func commands(below given: [String]) -> [Completion.Candidate] {
    let tree = given.reduce(CommandTree.berth as CommandTree?) { $0?.subcommand($1) }
    return tree?.subcommands.map { .init(word: $0.name, meaning: $0.abstract) } ?? []
  }
}
