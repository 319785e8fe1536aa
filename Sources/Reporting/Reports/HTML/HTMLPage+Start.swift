extension HTMLPage {
  /// The facts at the top, and the tabs.
  static let start = #"""
    const losses = changes.filter((change) => change.underlying_resource === "lost").length;
    const facts = document.getElementById("facts");
    for (const [name, text] of [
      ["Command", report.command], ["Exit code", report.exit_code], ["Commit", report.commit],
      ["Digest", plan.digest], ["Made", plan.timestamp], ["Berth", report.berth_version],
    ]) {
      if (text !== undefined && text !== null && text !== "") {
        facts.append(make("span", {}, name + " ", make("code", {}, String(text))));
      }
    }

    if (runs.length > 1) {
      const choice = make("select", { id: "stack", on: { change: (event) => {
        location.hash = "#@" + event.target.value;
      } } }, runs.map((run, at) => make("option", { value: at, selected: at === chosen },
        run === whole ? "The run itself" : (run.folder || ".") + " - " + run.title)));
      facts.before(make("p", {}, make("label", { for: "stack" }, "Stack "), choice));
    }

    const tabs = [
      ["changes", "Changes", changes, changesPanel], ["steps", "Steps", steps, stepsPanel],
      ["drift", "Drift", drift, driftPanel], ["findings", "Findings", findings, findingsPanel],
    ].map(([id, title, items, build]) => ({ id, title, items, build }));

    const main = document.getElementById("main");
    const bar = make("div", { role: "tablist", "aria-label": "Views" });
    for (const tab of tabs) {
      tab.button = make("button", { role: "tab", id: "tab-" + tab.id, "aria-controls": tab.id,
        on: { click: () => go(tab.id), keydown: walkTabs } },
        tab.title + " (" + tab.items.length.toLocaleString("en") + ")");
      tab.panel = make("section", { role: "tabpanel", id: tab.id, "aria-labelledby":
        "tab-" + tab.id, tabindex: "0", hidden: true });
      bar.append(tab.button);
    }
    if (losses) {
      main.append(make("p", { class: "warn" },
        "Look twice: " + count(losses, "resource") + (losses === 1 ? " is" : " are") + " lost."));
    }
    main.append(bar, ...tabs.map((tab) => tab.panel));

    function walkTabs(event) {
      const at = tabs.findIndex((tab) => tab.button === event.currentTarget);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const tab = tabs[(to + tabs.length) % tabs.length];
      go(tab.id);
      tab.button.focus();
    }

    // A view is built when it is first looked at.
    function show(id) {
      for (const tab of tabs) {
        const isChosen = tab.id === id;
        tab.button.setAttribute("aria-selected", String(isChosen));
        tab.button.tabIndex = isChosen ? 0 : -1;
        tab.panel.hidden = !isChosen;
        if (isChosen && !tab.view) {
          tab.view = tab.build();
          tab.panel.append(tab.view.element);
          tab.view.show();
        }
      }
      return tabs.find((tab) => tab.id === id).view;
    }

    // Shows a view, or one thing of it: `steps/s3`, `changes/amlcompute.gpu`.
    function go(where) {
      history.replaceState(null, "",
        "#" + prefix + where.split("/").map(encodeURIComponent).join("/"));
      follow(where);
    }

    function follow(where) {
      const at = where.indexOf("/");
      const id = at < 0 ? where : where.slice(0, at);
      if (!tabs.some((tab) => tab.id === id)) return false;
      const view = show(id);
      if (at >= 0) view.find(where.slice(at + 1));
      return true;
    }

    function followAddress() {
      let where = location.hash.slice(1).replace(/^@\d+\/?/, "");
      try { where = where.split("/").map(decodeURIComponent).join("/"); } catch { where = ""; }
      return follow(where);
    }

    addEventListener("hashchange", () => {
      const wanted = /^#@(\d+)/.exec(location.hash);
      if (wanted && Number(wanted[1]) !== chosen) location.reload();
      else followAddress();
    });
    if (!followAddress()) {
      const first = tabs.find((tab) => tab.items.length) || tabs[0];
      show(findings.some((each) => each.severity === "error") ? "findings" : first.id);
    }
    document.documentElement.dataset.ready = "true";
    """#
}
