internal import Digests
internal import TargetModel

/// A run as one page that needs nothing else: no network, no file beside it.
///
/// The page holds the JSON report and a script of ours that shows it. What it shows of anybody's
/// text is text, never markup; its policy allows no script but that one, and no connection.
struct HTMLReport {
  private let report: RunReport

  init(_ report: RunReport) { self.report = report }

  var text: String {
    let result = RunResult(report)
    let title = XMLText.attribute("\(result.subject): \(result.words)")
    let style = HTMLPage.style
    let script = HTMLPage.script
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      script-src 'sha256-\(sha256InBase64(script))'; style-src 'sha256-\(sha256InBase64(style))'; \
      base-uri 'none'; form-action 'none'">
      <title>\(title)</title>
      <style>\(style)</style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="\(result.mood.rawValue)">
      <h1>\(title)</h1>
      <div id="facts"></div>
      </header>
      <main id="main" tabindex="-1">
      <noscript><p>This page shows its content with a script that stands in it, and scripts are \
      switched off. The same is in the Markdown report.</p></noscript>
      </main>
      <script id="report" type="application/json">\(data)</script>
      <script>\(script)</script>
      </body>
      </html>

      """
  }

  /// The JSON report as it can stand in a page: nothing in it ends the element.
  ///
  /// What the page does not show is left out, since a plan may be of many megabytes.
  private var data: String {
    var value = JSONReport(report).value
    if let stacks = value["stacks"]?.list { value["stacks"] = .list(stacks.map(Self.shown)) }
    return Self.shown(value).canonicalJSON.spelledOutJSON.replacing("<", with: "\\u003c")
  }

  private static func shown(_ run: AttributeValue) -> AttributeValue {
    guard var plan = run["plan"] else { return run }
    var run = run
    plan["planned_values"] = nil
    let changes = plan["resource_changes"]?.list ?? []
    plan["resource_changes"] = .list(
      changes.map { change in
        var change = change
        change["change"] = ["actions": change["change.actions"] ?? []]
        return change
      })
    run["plan"] = plan
    return run
  }
}

/// What stands in every page.
enum HTMLPage {
  static let script = [foundation, lists, changes, steps, otherPanels, start]
    .joined(separator: "\n")
}
