internal import Diagnostics
internal import Planning
internal import Reporting
internal import Storage

/// Checks the manifests of many stacks, each by itself and all together.
struct StacksValidation {
  let many: ManyStacksOptions
  let common: CommonOptions
  let choice: EnvironmentChoice
  let width: Int?
  let printsJSON: Bool

  func run(in context: CommandContext, _ record: RunRecord?) async -> ExitStatus {
    var walk = StackWalk(
      many, common, choice, width: width, destination: .none, record: record, in: context)
    var findings = DiagnosticList()
    guard let stacks = walk.begin(reporting: &findings), !findings.hasErrors else {
      record?.found(findings.findings)
      if printsJSON {
        context.output.write(EventStream.validation(findings, stacks: []))
      } else {
        walk.presenter.show(findings)
      }
      return ExitStatus(of: findings)
    }
    var loaders = await sideBySide(stacks, atOnce: walk.width) { [choice] stack in
      ValidateCommand.load(stack.folder.path, as: choice, in: stack.context, stack.record)
    }
    let known = loaders.indices.filter { loaders[$0].stack != nil }
    let all = known.compactMap { index in
      loaders[index].stack.map {
        $0.asSeenByOthers(from: stacks[index].name, desired: $0.targets, nil)
      }
    }
    for found in checkAcrossStacks(all) {
      loaders[known[found.stack]].findings.append(found.finding)
    }
    return printsJSON
      ? printJSON(walk, stacks, loaders, findings) : tell(walk, stacks, loaders, findings)
  }

  private func printJSON(
    _ walk: StackWalk, _ stacks: [StackOfWalk], _ loaders: [StackLoader],
    _ findings: DiagnosticList
  ) -> ExitStatus {
    let parts = zip(stacks, loaders).map { stack, loader in
      (folder: stack.name, findings: loader.findings, sources: loader.sources)
    }
    walk.record?.found(findings.findings)
    let statuses = zip(stacks, loaders).map { stack, loader in
      stack.record?.found(loader.findings.findings)
      let status = ExitStatus(of: loader.findings)
      stack.record?.ended(status)
      return status
    }
    walk.context.output.write(EventStream.validation(findings, stacks: parts))
    return .worst(of: statuses)
  }

  private func tell(
    _ walk: StackWalk, _ stacks: [StackOfWalk], _ loaders: [StackLoader],
    _ findings: DiagnosticList
  ) -> ExitStatus {
    walk.presenter.show(findings)
    let statuses = zip(stacks, loaders).map { stack, loader in
      var presenter = stack.presenter
      presenter.sources = loader.sources
      let status = ValidateCommand.tell(loader, presenter)
      stack.record?.ended(status)
      walk.print(stack)
      return status
    }
    let words = zip(loaders, statuses).map { loader, status in
      let count = loader.stack?.targets.count ?? 0
      return status == .success ? "valid, \(count) target\(count == 1 ? "" : "s")" : status.failed
    }
    walk.tellResults(stacks, words)
    walk.tellSkipped()
    return .worst(of: statuses)
  }
}
