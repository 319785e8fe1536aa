extension HTMLPage {
  /// Long lists that are drawn as far as somebody looks, and filters over them.
  static let lists = #"""
    const portion = 100;

    // A list of rows that draws a portion at a time: when its end comes into view, or on a click.
    function lazyList(label) {
      const list = make("ol", { class: "rows", "aria-label": label });
      const more = make("button", { class: "more", on: { click: () => draw() } });
      let rest = [];
      let drawRow;
      function draw() {
        const rows = rest.splice(0, portion);
        list.append(...rows.map(drawRow));
        more.hidden = rest.length === 0;
        more.textContent = "Show " + Math.min(portion, rest.length) + " more";
        // Anew: an end that is in view again in the next frame is no change to the observer.
        end.unobserve(more);
        end.observe(more);
      }
      const end = new IntersectionObserver((entries) => {
        if (entries.some((entry) => entry.isIntersecting) && rest.length) draw();
      }, { rootMargin: "600px" });
      return {
        element: make("div", {}, list, more),
        show(items, draws) {
          list.replaceChildren();
          rest = items.slice();
          drawRow = draws;
          draw();
        },
      };
    }

    // A row that is opened to see more; what is in it is drawn when it is opened.
    function row(traits, summary, body) {
      const details = make("details", {}, make("summary", {}, summary));
      details.addEventListener("toggle", () => {
        if (details.open && details.children.length === 1) {
          details.append(make("div", { class: "body" }, body()));
        }
      });
      return make("li", traits, details);
    }

    // Filters over items: words, and one set of boxes for each kind of group.
    //
    // groups: [{ title, of: item => word, name: word => text }]
    function filterBar(items, noun, words, groups, shows) {
      const status = make("p", { class: "quiet", role: "status" });
      const search = make("input", { type: "search", "aria-label": "Filter by words",
        placeholder: "Filter by words", on: { input: () => later(apply) } });
      const chosen = groups.map(() => new Set());
      const boxes = groups.map((group, index) => {
        const counts = new Map();
        for (const item of items) counts.set(group.of(item), (counts.get(group.of(item)) || 0) + 1);
        if (counts.size < 2) return "";
        return make("fieldset", {}, make("legend", {}, group.title),
          [...counts].map(([word, number]) => make("label", {},
            make("input", { type: "checkbox", value: word, on: { change: (event) => {
              if (event.target.checked) chosen[index].add(word); else chosen[index].delete(word);
              apply();
            } } }), " " + group.name(word) + " (" + number.toLocaleString("en") + ")")));
      });
      let texts;
      function apply() {
        texts = texts || items.map((item) => words(item).toLowerCase());
        const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
        const found = items.filter((item, index) =>
          wanted.every((word) => texts[index].includes(word))
          && groups.every((group, at) => !chosen[at].size || chosen[at].has(group.of(item))));
        status.textContent = "Showing " + found.length.toLocaleString("en") + " of "
          + count(items.length, noun);
        shows(found);
      }
      return {
        element: make("div", {}, make("div", { class: "bar" }, search, boxes), status),
        apply,
        find(text) { search.value = text; apply(); },
      };
    }

    let timer;
    function later(action) {
      clearTimeout(timer);
      timer = setTimeout(action, 120);
    }
    """#
}
