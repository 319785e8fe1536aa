extension HTMLPage {
  /// What the rest of the script builds on: the data, and elements that hold text only.
  static let foundation = #"""
    "use strict";
    const whole = JSON.parse(document.getElementById("report").textContent);
    // Of many stacks one is shown at a time; the address says which: `#@2/changes`.
    const runs = whole.stacks && whole.stacks.length
      ? (whole.diagnostics.length ? [whole] : []).concat(whole.stacks) : [whole];
    const worst = ["failure", "warning"].map((mood) => runs.findIndex((run) => run.mood === mood))
      .concat(runs.findIndex((run) => ((run.plan || {}).resource_changes || []).length), 0)
      .find((at) => at >= 0);
    const wanted = /^#@(\d+)/.exec(location.hash);
    const chosen = wanted && runs[Number(wanted[1])] ? Number(wanted[1]) : worst;
    const report = runs[chosen];
    const prefix = runs.length > 1 ? "@" + chosen + "/" : "";
    const plan = report.plan || {};
    const changes = plan.resource_changes || [];
    const steps = plan.steps || [];
    const drift = plan.resource_drift || [];
    const findings = report.diagnostics || [];
    const outcomes = new Map(((report.outcome || {}).steps || []).map((each) => [each.id, each]));
    const changeOf = new Map(changes.map((change) => [change.address, change]));
    const stepsOf = new Map();
    for (const step of steps) {
      if (!stepsOf.has(step.address)) stepsOf.set(step.address, []);
      stepsOf.get(step.address).push(step);
    }

    // What nobody can see, or what turns text around, is spelled out.
    const invisible = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\u{e0000}-\u{e0fff}]/gu;
    const named = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u001b": "\\e" };
    const visible = (text) => String(text).replace(invisible, (each) =>
      named[each] || "\\u{" + each.codePointAt(0).toString(16).toUpperCase() + "}");

    // An element; strings become text, and nothing else.
    function make(tag, traits, ...children) {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(traits || {})) {
        if (value === undefined || value === null || value === false) continue;
        if (name === "on") {
          for (const [event, action] of Object.entries(value)) element.addEventListener(event, action);
        } else if (name === "value" || name === "checked") {
          element[name] = value;
        } else {
          element.setAttribute(name, value === true ? "" : value);
        }
      }
      for (const child of children.flat()) {
        if (child === undefined || child === null || child === "") continue;
        element.append(child instanceof Node ? child : visible(child));
      }
      return element;
    }

    const count = (number, noun) =>
      number.toLocaleString("en") + " " + noun + (number === 1 ? "" : "s");
    const place = (source) => source
      ? (report.folder ? report.folder + "/" : "") + source.file + ":" + source.line : "";

    // The words and the colour of what happens.
    const operations = {
      "create": ["+", "create", "add"], "attach": ["+", "attach", "add"],
      "update": ["~", "update in place", "change"], "start": ["~", "start", "change"],
      "stop": ["~", "stop", "change"], "forget": ["~", "forget", "change"],
      "mark": ["=", "mark", "adopt"], "adopt": ["=", "adopt", "adopt"],
      "reattach": ["-/+", "re-attach", "remove"], "replace": ["-/+", "replace", "remove"],
      "detach-then-create": ["-/+", "replace", "remove"],
      "delete-then-attach": ["-/+", "replace", "remove"],
      "detach": ["-", "detach", "remove"], "delete": ["-", "destroy", "remove"],
    };
    const operation = (word) => operations[word] || ["?", word, "change"];
    const fates = {
      lost: "The resource behind it is lost.", kept: "The resource behind it is kept.",
      created: "A resource is created for it.",
    };

    function value(change, side) {
      if (change.sensitive) return "(sensitive value)";
      if (side in change) return JSON.stringify(change[side], null, 2);
      return side === "before" ? "" : "null";
    }

    // The attributes that differ, as a table.
    function attributeTable(attributes, before, after) {
      if (!attributes.length) return "";
      const costs = {
        "forces-replacement": "forces replacement", "forces-reattachment": "forces re-attachment",
      };
      const lines = (text) => make("pre", {}, ...text.split("\n")
        .flatMap((line, index) => index ? [document.createTextNode("\n"), line] : [line]));
      return make("table", {},
        make("thead", {}, make("tr", {}, ["Attribute", before, after, "Remarks"]
          .map((title) => make("th", { scope: "col" }, title)))),
        make("tbody", {}, attributes.map((each) => make("tr", {},
          make("th", { scope: "row" }, make("code", {}, each.path.join("."))),
          make("td", {}, lines(value(each, "before"))),
          make("td", {}, lines(value(each, "after"))),
          make("td", {}, [costs[each.effect], each.severity && "severity " + each.severity]
            .filter(Boolean).join(", "))))));
    }
    """#
}
