package import Diagnostics
public import TargetModel

extension KindDescriptor {
  /// `databricks`: an Azure Databricks workspace, for steps of pipelines.
  public static let databricks = KindDescriptor(
    name: "databricks", computeType: "Databricks", title: "Databricks workspace",
    summary: "An Azure Databricks workspace that pipelines send steps to; made beforehand.",
    facts: ["Automated machine learning uses it in the local mode of the Python SDK only."],
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.Databricks/workspaces"]),
      .description, .tags(onChange: .recreate), .location(wire: nil),
      Field(
        "access_token", .text(), "A token of the Databricks workspace",
        olderNames: ["databricks_access_token"], isRequired: true, isSecret: true,
        onChange: .recreate, wire: "properties.properties.databricksAccessToken",
        source: "Azure ML REST API, DatabricksProperties"),
      .fromService(
        "workspace_url", .text(), "Where the Databricks workspace is",
        wire: "properties.properties.workspaceUrl"),
    ],
    resource: HeldResource(), workloads: [.automl, .pipelines],
    checks: [.tokenIsOneWord, .sdkEnded],
    sample: """
      name: databricks-etl
      type: databricks
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.Databricks/workspaces/etl
      access_token: ${env:DATABRICKS_TOKEN}

      """)
}

extension CrossFieldCheck {
  /// A token is one word; a file with something besides the token has more.
  fileprivate static let tokenIsOneWord = CrossFieldCheck(.accessToken) { target, findings in
    guard case .secret(let token) = target["access_token"], token.isResolved else { return }
    let text = token.reveal()
    if text.isEmpty || text.contains(where: \.isWhitespace) {
      findings.append(.accessToken(target, isEmpty: text.isEmpty))
    }
  }
}

extension Rule {
  /// A token is one word.
  package static let accessToken = Rule("access-token")
}

extension Diagnostic {
  fileprivate static func accessToken(_ target: ComputeTarget, isEmpty: Bool) -> Diagnostic {
    Diagnostic(
      .error, .accessToken, "Not an access token",
      detail: isEmpty
        ? "'access_token' is empty. Make a token in the Databricks workspace and name it here."
        : """
        'access_token' has a blank or a line break in it, and a token is one word. A file with a \
        token must hold nothing else.
        """,
      address: target.address.description, at: target.location(of: "access_token"),
      hidesSource: true)
  }
}
