extension HTMLPage {
  /// Drift and findings.
  static let otherPanels = #"""
    function driftPanel() {
      const list = lazyList("Drift");
      const filter = filterBar(drift, "target",
        (target) => [target.address, place(target.source),
          ...target.attributes.map((each) => each.path.join("."))].join(" "),
        [
          { title: "Severity", of: (target) => target.severity, name: (word) => word },
          { title: "What", of: driftWord, name: (word) => word },
        ],
        (found) => list.show(found, driftRow));
      const others = plan.unmanaged_targets || [];
      return {
        element: make("div", {},
          make("p", { class: "quiet" }, "What moved in the workspace since it was last applied."),
          filter.element, list.element,
          others.length ? make("h2", {}, "Not managed by this stack") : "",
          others.length ? make("ul", {}, others.slice(0, 500).map((each) => make("li", {},
            make("code", {}, each.address), each.owner ? " of the stack " + each.owner
              : " nobody's"))) : ""),
        show: filter.apply, find: filter.find,
      };
    }

    const isGone = (target) => target.change.actions.includes("delete");
    const driftWord = (target) => isGone(target) ? "deleted" : "changed";

    function driftRow(target) {
      return row({ class: isGone(target) ? "remove" : "change" },
        [make("span", { class: "symbol", "aria-hidden": "true" }, isGone(target) ? "-" : "~"),
          make("span", { class: "address" }, target.address),
          make("span", { class: "tag" }, "has been " + driftWord(target)),
          make("span", {}, "severity " + target.severity),
          make("code", { class: "push quiet" }, place(target.source))],
        () => [
          target.unclear
            ? make("p", {}, "The mark can't tell whether the document moved as well.") : "",
          isGone(target) ? make("p", {}, "The target is not there any more.") : "",
          attributeTable(target.attributes, "Manifest", "Live")]);
    }

    const ranks = { error: 0, warning: 1, note: 2 };

    function findingsPanel() {
      const sorted = findings.slice().sort((a, b) => ranks[a.severity] - ranks[b.severity]);
      const list = lazyList("Findings");
      const filter = filterBar(sorted, "finding",
        (each) => [each.summary, each.detail, each.rule, each.address].join(" "),
        [{ title: "Severity", of: (each) => each.severity, name: (word) => word }],
        (found) => list.show(found, findingRow));
      return { element: make("div", {}, filter.element, list.element), show: filter.apply,
        find: filter.find };
    }

    function findingRow(each) {
      const range = each.range;
      const at = range ? place({ file: range.filename, line: range.start.line }) : "";
      return make("li", { class: each.severity === "error" ? "remove" : "change" },
        make("div", { class: "row" },
          make("span", { class: "tag" }, each.severity),
          make("b", {}, each.summary), each.address ? make("code", {}, each.address) : "",
          make("code", {}, each.rule), make("code", { class: "push quiet" }, at)),
        make("div", { class: "body" },
          each.snippet ? make("pre", {}, each.snippet.start_line + ": " + each.snippet.code) : "",
          each.detail.split("\n").map((line) => make("div", {}, line || " "))));
    }
    """#
}
