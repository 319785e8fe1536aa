"""What `scripts/check-reports pages` runs: every page of a folder in Chromium, as a reader uses it."""

import json
import pathlib
import re
import shutil
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

# However much there is to show, this much is in the document before anybody scrolls.
MOST_ELEMENTS = 4_000
# Nothing here is about speed: a page that has done nothing for so many seconds is stuck.
PATIENCE = 120
problems = []


class Reader:
    """A reader of one page, in one of the two colour schemes."""

    def __init__(self, browser, path, scheme):
        self.path, self.scheme = path, scheme
        context = browser.new_context(
            color_scheme=scheme, viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
        )
        self.page = page = context.new_page()
        page.set_default_timeout(PATIENCE * 1_000)
        page.on("console", lambda message: self.expect(message.type != "error", message.text))
        page.on("pageerror", lambda error: self.expect(False, str(error)))
        page.on("dialog", lambda dialog: (self.expect(False, "a dialog"), dialog.dismiss()))
        page.on("request", lambda request: self.expect(
            request.url.startswith("file://" + str(path)), f"asks for {request.url}"))
        page.goto(f"file://{path}")
        page.wait_for_selector("html[data-ready]")
        self.whole = json.loads(page.locator("#report").text_content())
        # Of many stacks the page shows one at a time.
        self.data = page.evaluate("report") if "stacks" in self.whole else self.whole
        self.plan = self.data.get("plan", {})

    def expect(self, holds, what):
        if not holds:
            problems.append(f"{self.path.name} ({self.scheme}): {what}")

    def tab(self, name):
        self.page.get_by_role("tab", name=re.compile(name)).click()
        panel = self.page.get_by_role("tabpanel", name=re.compile(name))
        self.expect(panel.is_visible(), f"{name} is not shown")
        self.expect(self.elements() < MOST_ELEMENTS, f"{name} has {self.elements()} elements")
        return panel

    def elements(self):
        return self.page.evaluate("document.querySelectorAll('*').length")

    def shoot(self, name):
        self.page.screenshot(path=self.path.with_name(f"{self.path.stem}-{name}-{self.scheme}.png"))

    def check_access(self, name):
        for violation in Axe().run(self.page).response["violations"]:
            where = violation["nodes"][0]["target"]
            self.expect(False, f"{name}: {violation['id']}: {violation['help']} at {where}")

    def check_list(self, name, items, noun):
        panel = self.tab(name)
        rows = panel.locator("ol.rows > li")
        self.expect(rows.count() == min(100, items) or items > 100, f"{name}: {rows.count()} rows")
        status = panel.get_by_role("status").text_content()
        self.expect(f"of {items:,} {noun}" in status, f"{name}: says {status}")
        self.shoot(name.lower())
        self.check_access(name)
        return panel, rows

    def check_changes(self):
        changes = self.plan.get("resource_changes", [])
        panel, rows = self.check_list("Changes", len(changes), "change")
        if not changes:
            return
        rows.first.locator("summary").focus()
        self.page.keyboard.press("Enter")
        body = rows.first.locator(".body")
        self.expect("Because" in body.text_content(), "a change does not say why")
        for attribute in changes[0]["attributes"]:
            if attribute["sensitive"]:
                self.expect("(sensitive value)" in body.text_content(), "shows no sensitive value")
        self.shoot("change")
        # Scrolling shows the rest, and nothing else; also to who holds the key and is at the end in
        # every frame.
        panel.locator("ol.rows").evaluate("""async list => {
            for (let shown = 0, still = 0; still < 100; still++) {
                scrollTo(0, document.body.scrollHeight);
                await new Promise(done => requestAnimationFrame(done));
                if (list.childElementCount > shown) still = 0;
                shown = list.childElementCount;
            }
        }""")
        self.expect(rows.count() == len(changes), f"{rows.count()} rows in the end")
        # A filter by words, and one by action.
        search = panel.get_by_role("searchbox")
        search.fill("no such thing")
        expect(rows).to_have_count(0)
        if changes[-1]["address"].isprintable():
            search.fill(changes[-1]["address"])
            expect(rows.last.locator(".address")).to_have_text(changes[-1]["address"])
        search.fill("")
        expect(rows.nth(min(len(changes), 100) - 1)).to_be_attached()
        boxes = panel.get_by_role("checkbox")
        if boxes.count():
            word = boxes.first.get_attribute("value")
            boxes.first.check()
            tags = panel.locator("ol.rows summary").evaluate_all(
                "rows => rows.map(row => row.querySelector('.tag').textContent)")
            self.expect(tags and set(tags) == {word}, f"filtered by {word}, shows {set(tags)}")
            boxes.first.uncheck()

    def check_steps(self):
        steps = self.plan.get("steps", [])
        panel = self.tab("Steps")
        if not steps:
            return
        nodes = panel.locator(".node")
        self.expect(0 < nodes.count() < 150, f"{nodes.count()} steps are drawn")
        self.check_access("Steps")
        side = panel.get_by_label("Step", exact=True)
        waiting = next((step for step in steps if step["waits_for"]), None)
        if waiting:
            # By the address: straight to a step; then back along what it waits for, with the keys.
            self.page.evaluate(f"location.hash = '#steps/{waiting['id']}'")
            expect(panel.locator(".node[aria-pressed=true]")).to_have_count(1)
            first = waiting["waits_for"][0]
            self.expect(f"{first} " in side.text_content(), "a step does not say what it waits for")
            self.expect(panel.locator("svg path.chain").count() > 0, "no edge is marked")
            chosen = panel.locator(".node[aria-pressed=true]")
            chosen.focus()
            self.page.keyboard.press("ArrowLeft")
            self.expect(chosen.get_attribute("data-id") == first, "the left arrow goes elsewhere")
            focused = self.page.evaluate("document.activeElement.dataset.id")
            self.expect(focused == first, "the focus does not follow")
            self.page.keyboard.press("ArrowRight")
            follower = next(s["id"] for s in steps if first in s["waits_for"])
            self.expect(chosen.get_attribute("data-id") == follower, "the right arrow goes elsewhere")
        self.shoot("steps")
        self.check_whole_graph(panel, steps)
        for step in steps:
            if step["act"] in ("delete", "detach"):
                self.page.evaluate(f"location.hash = '#steps/{step['id']}'")
                expect(side.locator("h2").first).to_have_text(re.compile(f"^{step['id']} "))
                fate = "lost" if step["act"] == "delete" else "kept"
                self.expect(f"is {fate}" in side.text_content(), f"{step['id']} is not {fate}")
                break
        panel.get_by_role("button", name="As a list").click()
        text = panel.locator("ol.rows > li").first.text_content()
        self.expect("waits for" in text, f"the list says {text}")
        self.check_access("Steps as a list")
        self.shoot("steps-list")

    def check_whole_graph(self, panel, steps):
        """Scrolls through the whole graph: every step comes by once, and few are there at a time."""
        seen, most = panel.locator(".graph").evaluate("""async graph => {
            const seen = new Set();
            let most = 0;
            const frame = () => new Promise(done => requestAnimationFrame(done));
            for (let y = 0; y < graph.scrollHeight; y += graph.clientHeight + 400) {
                for (let x = 0; x < graph.scrollWidth; x += graph.clientWidth + 400) {
                    graph.scrollTo(x, y);
                    await frame();
                    await frame();
                    const nodes = [...graph.querySelectorAll(".node")];
                    most = Math.max(most, nodes.length);
                    for (const node of nodes) seen.add(node.dataset.id);
                }
            }
            return [seen.size, most];
        }""")
        self.expect(seen == len(steps), f"{seen} of {len(steps)} steps came by")
        self.expect(most < 200, f"{most} steps are drawn at a time")

    def check_other_tabs(self):
        drift = self.plan.get("resource_drift", [])
        panel, rows = self.check_list("Drift", len(drift), "target")
        if drift:
            rows.first.locator("summary").click()
            self.shoot("drift")
        self.check_list("Findings", len(self.data["diagnostics"]), "finding")

    def check_keys(self):
        """The tabs as the keyboard has them, from the first one through all and around."""
        tabs = self.page.get_by_role("tab")
        tabs.first.click()
        for _ in range(tabs.count()):
            self.page.keyboard.press("ArrowRight")
        self.expect(tabs.first.get_attribute("aria-selected") == "true", "the tabs do not go round")
        selected = self.page.locator("[role=tab][aria-selected=true]").count()
        self.expect(selected == 1, f"{selected} tabs are selected")

    def check_strangers(self):
        """Nothing that strangers wrote became an element, a link, or invisible."""
        self.expect(self.page.locator("script").count() == 2, "there is another script")
        self.expect(self.page.locator("a").count() == 1, "there is a link")
        hidden = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\x00-\x08\x1b\x7f-\x9f]")
        text = self.page.evaluate("document.body.innerText + document.title")
        self.expect(not hidden.search(text), "an invisible character is shown")

    def check_stacks(self):
        """Each stack of many can be chosen, and its changes are shown."""
        stacks = self.whole.get("stacks", [])
        for at, stack in enumerate(stacks if len(stacks) > 1 else []):
            choice = self.page.get_by_label("Stack")
            self.expect(choice.locator("option").count() == len(stacks), "a stack is not offered")
            choice.select_option(str(at))
            self.page.wait_for_function(
                "at => chosen === at && document.documentElement.dataset.ready", arg=at)
            changes = stack.get("plan", {}).get("resource_changes", [])
            tab = self.page.get_by_role("tab", name=re.compile("Changes")).text_content()
            self.expect(f"({len(changes):,})" in tab, f"{stack['folder']}: says {tab}")

    def look(self):
        """The other colour scheme has the same script: what differs is how it looks."""
        for tab in self.page.get_by_role("tab").all():
            tab.click()
            self.check_access(tab.text_content())
            self.shoot(tab.text_content().split()[0].lower())
        self.page.context.close()

    def check(self):
        self.check_changes()
        self.check_strangers()
        self.check_steps()
        self.check_strangers()
        self.check_other_tabs()
        self.check_strangers()
        self.check_keys()
        self.check_stacks()
        self.page.context.close()


def check_without_script(browser, path):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"file://{path}")
    if "scripts are switched off" not in page.locator("main").inner_text():
        problems.append(f"{path.name}: says nothing without scripts")
    page.context.close()


def main():
    folder = pathlib.Path(sys.argv[1])
    expect.set_options(timeout=PATIENCE * 1_000)
    with sync_playwright() as playwright:
        # As root, as on a runner, Chromium starts without its sandbox only.
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for path in sorted(folder.glob("*.html")):
            try:
                Reader(browser, path.resolve(), "light").check()
                Reader(browser, path.resolve(), "dark").look()
            except Exception as error:  # a reader who gets stuck says where
                problems.append(f"{path.name}: {type(error).__name__}: {error}")
            check_without_script(browser, path.resolve())
        browser.close()
    for problem in problems:
        print(" ".join(problem.split())[:500])


main()
