extension HTMLPage {
  /// The steps: a graph that is drawn where somebody looks, a list that says the same in words, and
  /// one step at a time with what it waits for.
  static let steps = #"""
    const byID = new Map(steps.map((step) => [step.id, step]));
    const followers = new Map(steps.map((step) => [step.id, []]));
    for (const step of steps) {
      for (const id of step.waits_for) if (followers.has(id)) followers.get(id).push(step.id);
    }
    const size = { width: 230, height: 54, column: 280, row: 68, margin: 24 };

    // Places every step once, from left to right by what it waits for: steps come in a valid order,
    // so that one walk over them and their waits is enough.
    function layOut() {
      const spots = new Map();
      const free = [];
      const alone = [];
      for (const step of steps) {
        const before = step.waits_for.map((id) => spots.get(id)).filter(Boolean);
        if (!before.length && !followers.get(step.id).length) { alone.push(step); continue; }
        const column = before.reduce((most, spot) => Math.max(most, spot.column + 1), 0);
        const row = Math.max(free[column] || 0, before.length ? before[0].row : 0);
        free[column] = row + 1;
        spots.set(step.id, { step, column, row });
      }
      const columns = Math.max(3, free.length);
      const first = free.reduce((most, row) => Math.max(most, row || 0), 0) + (free.length ? 1 : 0);
      alone.forEach((step, index) => spots.set(step.id,
        { step, column: index % columns, row: first + Math.floor(index / columns) }));
      const rows = [];
      for (const spot of spots.values()) {
        spot.x = size.margin + spot.column * size.column;
        spot.y = size.margin + spot.row * size.row;
        (rows[spot.row] = rows[spot.row] || []).push(spot);
      }
      for (const row of rows) if (row) row.sort((a, b) => a.column - b.column);
      return { spots, rows, width: 2 * size.margin + columns * size.column,
        height: 2 * size.margin + rows.length * size.row };
    }

    // Every step that must be done before one, or that waits for it, however far.
    function chainOf(id) {
      const chain = new Set([id]);
      for (const next of [(each) => byID.get(each).waits_for, (each) => followers.get(each)]) {
        const todo = [id];
        while (todo.length) {
          for (const each of next(todo.pop())) {
            if (byID.has(each) && !chain.has(each)) { chain.add(each); todo.push(each); }
          }
        }
      }
      return chain;
    }

    const outcomeWord = (step) => (outcomes.get(step.id) || {}).outcome;
    const isGraveStep = (step) => step.act === "delete";
    function fateOf(step) {
      if (step.act === "delete") return "lost";
      return step.act === "detach" ? "kept" : "";
    }

    function sentence(step) {
      const waits = step.waits_for.map((id) => {
        const other = byID.get(id);
        const rule = (step.wait_rules || {})[id];
        return id + (other ? " " + operation(other.act)[1] + " " + other.address : "")
          + (rule ? " [" + rule + "]" : "");
      });
      return [step.id + " " + operation(step.act)[1] + " " + step.address,
        fateOf(step) && "the resource is " + fateOf(step),
        waits.length ? "waits for " + waits.join(", ") : "waits for nothing",
        outcomeWord(step)].filter(Boolean).join("; ");
    }

    function stepsPanel() {
      if (!steps.length) {
        const nothing = make("p", { class: "quiet" }, "There are no steps.");
        return { element: nothing, show() {}, find() {} };
      }
      const side = make("aside", { class: "side", "aria-live": "polite", "aria-label": "Step" });
      const graph = stepGraph((id) => showStep(side, id, choose));
      const list = lazyList("Steps");
      const filter = filterBar(steps, "step", sentence,
        [{ title: "Act", of: (step) => operation(step.act)[1], name: (word) => word }],
        (found) => list.show(found, (step) => stepRow(step, choose)));
      const words = make("div", { hidden: true }, filter.element, list.element);
      const toggle = make("button", { "aria-pressed": "false", on: { click: () => {
        words.hidden = !words.hidden;
        graph.element.hidden = !words.hidden;
        toggle.setAttribute("aria-pressed", String(!words.hidden));
        if (!words.hidden) filter.apply();
      } } }, "As a list");
      function choose(id) {
        graph.choose(id);
        showStep(side, id, choose);
      }
      showStep(side, undefined, choose);
      return {
        element: make("div", {},
          make("div", { class: "bar" }, toggle, make("span", { class: "quiet" },
            "Steps stand to the right of what they wait for. Arrow keys follow the order.")),
          make("div", { class: "split" }, make("div", {}, graph.element, words), side)),
        show: graph.draw,
        find: choose,
      };
    }

    function stepRow(step, choose) {
      const [symbol, , tone] = operation(step.act);
      return make("li", { class: tone }, make("div", { class: "row" },
        make("span", { class: "symbol", "aria-hidden": "true" }, symbol),
        make("button", { on: { click: () => choose(step.id) } }, step.id),
        make("span", {}, sentence(step))));
    }

    // One step in words, with buttons to those before and behind it.
    function showStep(side, id, choose) {
      const step = byID.get(id);
      if (!step) {
        side.replaceChildren(make("p", { class: "quiet" },
          "Choose a step to see what it waits for and what waits for it."));
        return;
      }
      const [, verb, tone] = operation(step.act);
      const change = changeOf.get(step.address);
      const outcome = outcomes.get(id);
      const others = (title, ids, rules) => [make("h2", {}, title + " (" + ids.length + ")"),
        make("ul", {}, ids.slice(0, 200).filter((each) => byID.has(each)).map((each) => {
          const other = byID.get(each);
          return make("li", {}, make("button", { on: { click: () => choose(each) } },
            each + " " + operation(other.act)[1] + " " + other.address),
            rules && rules[each] ? make("span", { class: "quiet" }, " because of ",
              make("code", {}, rules[each])) : "");
        }))];
      side.replaceChildren(...[
        make("h2", { class: tone }, make("span", { class: "tone" }, id + " " + verb)),
        make("p", { class: "address" }, step.address),
        outcome ? make("p", {}, "Outcome: " + outcome.outcome
          + (outcome.message ? ", " + outcome.message : "")) : "",
        fateOf(step) ? make("p", {}, fates[fateOf(step)]) : "",
        step.resource_id ? make("p", {}, make("code", {}, step.resource_id)) : "",
        change ? make("p", {}, make("button", { on: { click: () => go("changes/" + step.address) } },
          "See the change")) : "",
        ...others("Waits for", step.waits_for, step.wait_rules),
        ...others("Then", followers.get(id)),
      ].filter(Boolean));
    }

    // The graph. Only what is in view is in the document, whatever the number of steps.
    function stepGraph(chosen) {
      const space = layOut();
      const edges = steps.flatMap((step) => step.waits_for
        .filter((id) => space.spots.has(id))
        .map((id) => ({ from: space.spots.get(id), to: space.spots.get(step.id) })));
      const land = make("div", { class: "land" });
      land.style.width = space.width + "px";
      land.style.height = space.height + "px";
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("aria-hidden", "true");
      land.append(svg);
      const view = make("div", { class: "graph", role: "group", "aria-label":
        "Steps in their order; arrow keys go to what a step waits for and to what waits for it" },
        land);
      const nodes = new Map();
      let current = steps.length ? steps[0].id : undefined;
      let chain;

      function draw() {
        const box = { left: view.scrollLeft - 300, top: view.scrollTop - 300,
          right: view.scrollLeft + view.clientWidth + 300,
          bottom: view.scrollTop + view.clientHeight + 300 };
        const wanted = new Set();
        const rowAt = (y) => Math.floor((y - size.margin) / size.row);
        const last = Math.min(space.rows.length - 1, rowAt(box.bottom));
        for (let index = Math.max(0, rowAt(box.top)); index <= last; index += 1) {
          for (const spot of space.rows[index] || []) {
            if (spot.x < box.right && spot.x + size.width > box.left) wanted.add(spot.step.id);
          }
        }
        if (current) wanted.add(current);
        for (const [id, node] of nodes) {
          if (!wanted.has(id) && node !== document.activeElement) { node.remove(); nodes.delete(id); }
        }
        for (const id of wanted) if (!nodes.has(id)) addNode(space.spots.get(id));
        for (const [id, node] of nodes) {
          node.tabIndex = id === current ? 0 : -1;
          node.classList.toggle("chain", Boolean(chain && chain.has(id)));
          node.setAttribute("aria-pressed", String(Boolean(chain) && id === current));
        }
        view.classList.toggle("chosen", Boolean(chain));
        drawEdges(box);
      }

      function addNode(spot) {
        const step = spot.step;
        const [symbol, verb, tone] = operation(step.act);
        const node = make("button", { class: "node " + tone, "data-id": step.id,
          "aria-label": sentence(step), title: sentence(step),
          on: { click: () => { choose(step.id); chosen(step.id); }, keydown: walk } },
          make("b", {}, symbol + " " + verb + " (" + step.id + ")"
            + (fateOf(step) ? ", " + fateOf(step) : "")
            + (outcomeWord(step) ? ", " + outcomeWord(step) : "")),
          make("span", {}, step.address));
        node.style.left = spot.x + "px";
        node.style.top = spot.y + "px";
        nodes.set(step.id, node);
        land.append(node);
      }

      function drawEdges(box) {
        svg.style.left = box.left + "px";
        svg.style.top = box.top + "px";
        const width = box.right - box.left;
        const height = box.bottom - box.top;
        svg.setAttribute("width", width);
        svg.setAttribute("height", height);
        svg.setAttribute("viewBox", [box.left, box.top, width, height].join(" "));
        const paths = [];
        for (const { from, to } of edges) {
          const startX = from.x + size.width;
          const startY = from.y + size.height / 2;
          const endY = to.y + size.height / 2;
          if (startX > box.right || to.x < box.left || Math.min(startY, endY) > box.bottom
            || Math.max(startY, endY) < box.top) continue;
          const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
          const bend = Math.max(30, (to.x - startX) / 2);
          path.setAttribute("d", "M" + startX + " " + startY + " C" + (startX + bend) + " "
            + startY + " " + (to.x - bend) + " " + endY + " " + (to.x - 6) + " " + endY
            + " m-7 -4 l7 4 l-7 4");
          if (chain && chain.has(from.step.id) && chain.has(to.step.id)) {
            path.setAttribute("class", "chain");
          }
          paths.push(path);
          if (paths.length >= 2000) break;
        }
        svg.replaceChildren(...paths);
      }

      function choose(id) {
        const spot = space.spots.get(id);
        if (!spot) return;
        current = id;
        chain = chainOf(id);
        const inView = spot.y >= view.scrollTop
          && spot.y + size.height <= view.scrollTop + view.clientHeight
          && spot.x >= view.scrollLeft && spot.x + size.width <= view.scrollLeft + view.clientWidth;
        if (!inView) {
          view.scrollTo(Math.max(0, spot.x - size.margin), Math.max(0, spot.y - view.clientHeight / 2));
        }
        draw();
      }

      function walk(event) {
        const spot = space.spots.get(event.currentTarget.dataset.id);
        const row = space.rows[spot.row];
        const beside = (step) => {
          for (let at = spot.row + step; at >= 0 && at < space.rows.length; at += step) {
            const same = (space.rows[at] || []).find((each) => each.column >= spot.column);
            if (same || (space.rows[at] || []).length) return same || space.rows[at].at(-1);
          }
        };
        const next = {
          ArrowRight: () => space.spots.get(followers.get(spot.step.id)[0])
            || row[row.indexOf(spot) + 1],
          ArrowLeft: () => space.spots.get(spot.step.waits_for[0]) || row[row.indexOf(spot) - 1],
          ArrowDown: () => beside(1), ArrowUp: () => beside(-1),
          Home: () => space.spots.get(steps[0].id), End: () => space.spots.get(steps.at(-1).id),
        }[event.key];
        if (!next) return;
        event.preventDefault();
        const to = next();
        if (!to) return;
        choose(to.step.id);
        chosen(to.step.id);
        nodes.get(to.step.id).focus({ preventScroll: true });
      }

      let waiting = false;
      view.addEventListener("scroll", () => {
        if (waiting) return;
        waiting = true;
        requestAnimationFrame(() => { waiting = false; draw(); });
      });
      new ResizeObserver(draw).observe(view);
      return { element: view, draw, choose };
    }
    """#
}
