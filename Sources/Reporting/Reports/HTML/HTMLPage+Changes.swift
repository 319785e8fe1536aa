extension HTMLPage {
  /// The changes: filters, rows, and what differs in each.
  static let changes = #"""
    function changesPanel() {
      const list = lazyList("Changes");
      const filter = filterBar(changes, "change",
        (change) => [change.address, operation(change.operation)[1], change.reason.text,
          change.reason.rule, change.resource_id, place(change.source)].join(" "),
        [
          { title: "Action", of: (change) => operation(change.operation)[1], name: (word) => word },
          { title: "Resource", of: (change) => change.underlying_resource, name: (word) => word },
        ],
        (found) => list.show(found, changeRow));
      return { element: make("div", {}, filter.element, list.element), show: filter.apply,
        find: filter.find };
    }

    function changeRow(change) {
      const [symbol, verb, tone] = operation(change.operation);
      return row({ class: tone },
        [make("span", { class: "symbol", "aria-hidden": "true" }, symbol),
          make("span", { class: "address" }, change.address),
          make("span", { class: "tag" }, verb),
          change.underlying_resource === "lost" ? make("span", { class: "tag" }, "lost") : "",
          tone === "remove" && change.underlying_resource === "kept"
            ? make("span", { class: "quiet" }, "the resource is kept") : "",
          make("code", { class: "push quiet" }, place(change.source))],
        () => changeBody(change));
    }

    function changeBody(change) {
      const own = stepsOf.get(change.address) || [];
      const hidden = change.unchanged_attribute_count || 0;
      return [
        make("p", {}, "Because " + change.reason.text + " ", make("code", {}, change.reason.rule)),
        make("p", {}, fates[change.underlying_resource] || "",
          change.resource_id ? make("code", {}, " " + change.resource_id) : ""),
        attributeTable(change.attributes, "Current", "Planned"),
        hidden ? make("p", { class: "quiet" }, count(hidden, "attribute") + " as it should be") : "",
        own.length ? make("p", {}, "Steps: ", own.map((step) =>
          make("button", { on: { click: () => go("steps/" + step.id) } },
            step.id + " " + operation(step.act)[1]))) : "",
      ];
    }
    """#
}
