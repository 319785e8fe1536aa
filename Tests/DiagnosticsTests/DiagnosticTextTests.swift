import Diagnostics
import Testing

/// The message of the conventions, section 4.
private let manifest =
  String(repeating: "# a line\n", count: 30)
  + "  resource_id: /subscriptions/.../managedClusters/aks-prod\n"

private let attachedTwice = Diagnostic(
  .error, Rule("attach-once"), "Cluster is already attached",
  detail: """
    The same cluster is attached as kubernetes.k8s-prod. A second attachment breaks the first one. \
    Remove one of the two.
    """, address: "kubernetes.k8s-b",
  at: place(of: "/subscriptions", in: manifest, file: "ml/prod/compute.yaml"))

private let sources = SourceTexts(manifest, file: "ml/prod/compute.yaml")

@Suite("Findings as text")
struct DiagnosticTextTests {
  @Test func `a terminal shows the box of the conventions and a link`() {
    let style = TerminalStyle(isTerminal: true, usesUTF8: true, width: 80)
    #expect(
      attachedTwice.text(sources: sources, style: style) == """
        ╷
        │ Error: Cluster is already attached
        │
        │   on ml/prod/compute.yaml line 31, in kubernetes.k8s-b:
        │   31:   resource_id: /subscriptions/.../managedClusters/aks-prod
        │
        │ The same cluster is attached as kubernetes.k8s-prod. A second attachment
        │ breaks the first one. Remove one of the two. [attach-once]
        │   ml/prod/compute.yaml:31:16
        ╵

        """)
  }

  @Test(arguments: [
    TerminalStyle.plain, TerminalStyle(isTerminal: false, usesUTF8: false, width: 20),
  ])
  func `elsewhere there is no box and nothing is wrapped`(style: TerminalStyle) {
    #expect(
      attachedTwice.text(sources: sources, style: style) == """
        Error: Cluster is already attached

          on ml/prod/compute.yaml line 31, in kubernetes.k8s-b:
          31:   resource_id: /subscriptions/.../managedClusters/aks-prod

        The same cluster is attached as kubernetes.k8s-prod. A second attachment breaks the first \
        one. Remove one of the two. [attach-once]
          ml/prod/compute.yaml:31:16

        """)
  }

  @Test func `a terminal without UTF-8 wraps and has no box`() {
    let style = TerminalStyle(isTerminal: true, usesUTF8: false, width: 40)
    let text = attachedTwice.text(sources: sources, style: style)
    #expect(text.hasPrefix("Error: Cluster is already attached\n\n"))
    #expect(
      text.contains("\nThe same cluster is attached as\nkubernetes.k8s-prod. A second attachment\n")
    )
    #expect(!text.contains("│"))
  }

  @Test func `errors are red and warnings yellow, and only where colours are shown`() {
    let style = TerminalStyle(usesColour: true)
    #expect(attachedTwice.text(style: style).hasPrefix("\u{1B}[31mError: \u{1B}[0m"))
    var warning = attachedTwice
    warning.severity = .warning
    #expect(warning.text(style: style).hasPrefix("\u{1B}[33mWarning: \u{1B}[0m"))
    #expect(!warning.text().contains("\u{1B}"))
  }

  @Test func `a line that may hold a secret is never shown`() {
    var finding = attachedTwice
    finding.hidesSource = true
    let text = finding.text(sources: sources)
    #expect(text.contains("  on ml/prod/compute.yaml line 31, in kubernetes.k8s-b:\n\n"))
    #expect(!text.contains("managedClusters"))
  }

  @Test func `other places stand before the link`() {
    var finding = attachedTwice
    finding.related = [
      .init("first defined here", at: place(of: "# a", in: manifest, file: "ml/a.yml"))
    ]
    #expect(
      finding.text().hasSuffix(
        "[attach-once]\n  first defined here: ml/a.yml:1:1\n  ml/prod/compute.yaml:31:16\n"))
  }

  @Test func `a finding without a place names its target, or nothing`() {
    let target = Diagnostic(.error, .sample, "Bad", detail: "It is bad.", address: "box.a")
    #expect(target.text() == "Error: Bad\n\n  in box.a:\n\nIt is bad. [sample-rule]\n")
    let nothing = Diagnostic(.note, .sample, "Bad", detail: "It is bad.")
    #expect(nothing.text() == "Note: Bad\n\nIt is bad. [sample-rule]\n")
  }

  @Test func `the compact form is one line`() {
    var finding = attachedTwice
    finding.severity = .warning
    finding.detail = "One.\nTwo."
    #expect(
      finding.compactText() == """
        Warning: Cluster is already attached: kubernetes.k8s-b: One. Two. [attach-once] \
        (ml/prod/compute.yaml:31:16)

        """)
  }

  @Test func `examples in a detail keep their indentation on a terminal`() {
    let example = "  name: a\n    nested: a long line that is not to be wrapped at all, never"
    let finding = Diagnostic(.error, .sample, "Bad", detail: "Write:\n\(example)\nAnd go on.")
    let text = finding.text(style: TerminalStyle(isTerminal: true, usesUTF8: false, width: 30))
    #expect(text.contains("Write:\n\(example)\nAnd go on. [sample-rule]\n"))
  }

  @Test func `nothing of a stranger's acts on a terminal or a runner`() {
    let text = "name: \u{1B}[2J\u{202E}x\n"
    let finding = Diagnostic(
      .error, .sample, "Bad", detail: "The name is bad:\n::add-mask::x\n##[group]y\u{1B}[0m",
      address: "box.\u{1B}]0;x\u{7}",
      at: place(of: "name", in: text, file: "::error::x\r.yml"))
    let sources = SourceTexts(text, file: "::error::x\r.yml")
    for style in [TerminalStyle.plain, TerminalStyle(isTerminal: true)] {
      let shown = finding.text(sources: sources, style: style)
      #expect(!shown.contains("\u{1B}") && !shown.contains("\r") && !shown.contains("\u{202E}"))
      #expect(!shown.contains("##["))
      for line in shown.split(separator: "\n") {
        #expect(!line.drop { $0 == " " }.hasPrefix("::"), "\(line)")
      }
    }
    #expect(!finding.compactText().dropLast().contains("\n"))
  }
}
