extension HTMLPage {
  /// How the page looks, by day and by night.
  static let style = #"""
    :root {
      color-scheme: light dark;
      --page: #ffffff; --card: #f6f7f9; --line: #c9ced6; --ink: #1a1d21; --quiet: #555d68;
      --link: #0b57d0; --add: #116329; --change: #7a4b00; --remove: #b3261e; --adopt: #00658b;
      --add-tint: #e2f4e6; --change-tint: #fdf0d5; --remove-tint: #fde7e5; --focus: #0b57d0;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #14171a; --card: #1e2226; --line: #444c56; --ink: #e8eaed; --quiet: #a9b1bb;
        --link: #8ab4f8; --add: #7ee08f; --change: #f2c063; --remove: #ff9a92; --adopt: #7fd0f5;
        --add-tint: #16301d; --change-tint: #33270d; --remove-tint: #3b1a18; --focus: #8ab4f8;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 15px/1.5 system-ui, sans-serif; }
    header, main { max-width: 1500px; margin: 0 auto; padding: 12px 24px; }
    header { border-left: 6px solid var(--add); }
    header.warning { border-color: var(--change); }
    header.failure { border-color: var(--remove); }
    h1 { font-size: 22px; margin: 4px 0; overflow-wrap: anywhere; }
    h2 { font-size: 17px; margin: 16px 0 8px; }
    code, pre, .mono { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
    pre { margin: 0; white-space: pre-wrap; }
    a { color: var(--link); }
    .skip { position: absolute; left: -999px; }
    .skip:focus { left: 8px; top: 8px; background: var(--page); padding: 8px; z-index: 9; }
    :focus-visible { outline: 3px solid var(--focus); outline-offset: 1px; }
    #facts { color: var(--quiet); display: flex; flex-wrap: wrap; gap: 2px 24px; }
    .warn { background: var(--remove-tint); border: 1px solid var(--remove); padding: 8px 12px;
      border-radius: 6px; margin: 8px 0; }
    [role=tablist] { display: flex; flex-wrap: wrap; gap: 4px; border-bottom: 1px solid var(--line); }
    button, input, select { font: inherit; color: inherit; background: var(--page);
      border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; }
    button { cursor: pointer; }
    [role=tab] { border-bottom: none; border-radius: 6px 6px 0 0; padding: 6px 14px; }
    [role=tab][aria-selected=true] { background: var(--card); font-weight: 600;
      box-shadow: inset 0 3px var(--focus); }
    .bar { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin: 12px 0; }
    .bar input[type=search] { min-width: 280px; }
    .bar fieldset { border: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 4px 12px; }
    .bar legend { float: left; margin-right: 10px; color: var(--quiet); }
    .quiet { color: var(--quiet); }
    ol.rows { list-style: none; margin: 0; padding: 0; }
    ol.rows > li { content-visibility: auto; contain-intrinsic-size: auto 42px;
      border: 1px solid var(--line); border-left: 5px solid var(--line); border-radius: 6px;
      margin: 4px 0; background: var(--card); }
    ol.rows summary, ol.rows .row { padding: 7px 12px; cursor: pointer; display: flex;
      flex-wrap: wrap; gap: 2px 14px; align-items: baseline; }
    ol.rows .row { cursor: auto; }
    ol.rows .body { padding: 4px 16px 12px; border-top: 1px solid var(--line); }
    .symbol { font: 700 14px ui-monospace, monospace; width: 2.4em; }
    .address { font-weight: 600; overflow-wrap: anywhere; }
    .push { margin-left: auto; }
    .add { --tone: var(--add); --tint: var(--add-tint); }
    .change { --tone: var(--change); --tint: var(--change-tint); }
    .remove { --tone: var(--remove); --tint: var(--remove-tint); }
    .adopt { --tone: var(--adopt); --tint: var(--card); }
    ol.rows > li { border-left-color: var(--tone, var(--line)); }
    .symbol, .tone { color: var(--tone); }
    .tag { border: 1px solid var(--tone, var(--line)); color: var(--tone, var(--quiet));
      border-radius: 10px; padding: 0 8px; font-size: 13px; white-space: nowrap; }
    table { border-collapse: collapse; width: 100%; margin: 8px 0; }
    th, td { text-align: left; vertical-align: top; padding: 3px 10px 3px 0;
      border-bottom: 1px solid var(--line); }
    th { color: var(--quiet); font-weight: 600; }
    .graph { position: relative; height: min(70vh, 900px); overflow: auto;
      border: 1px solid var(--line); border-radius: 6px; background: var(--card); }
    .graph .land { position: absolute; inset: 0 auto auto 0; }
    .graph svg { position: absolute; pointer-events: none; }
    .graph path { fill: none; stroke: var(--quiet); stroke-width: 1.5; opacity: .6; }
    .graph path.chain { stroke: var(--focus); stroke-width: 3; opacity: 1; }
    .graph marker path { fill: var(--quiet); stroke: none; opacity: 1; }
    .node { position: absolute; width: 230px; height: 54px; text-align: left; overflow: hidden;
      border: 1px solid var(--tone); border-left-width: 5px; background: var(--tint);
      padding: 3px 8px; line-height: 1.35; }
    .node b, .node span { display: block; white-space: nowrap; overflow: hidden;
      text-overflow: ellipsis; }
    .node b { color: var(--tone); font-size: 13px; }
    .node.chain { box-shadow: 0 0 0 2px var(--focus); }
    .graph.chosen .node:not(.chain) { opacity: .45; }
    .node[aria-pressed=true] { box-shadow: 0 0 0 4px var(--focus); }
    .split { display: grid; grid-template-columns: minmax(0, 1fr) 340px; gap: 16px; }
    .side { border: 1px solid var(--line); border-radius: 6px; padding: 4px 16px 16px;
      max-height: min(70vh, 900px); overflow: auto; }
    .side ul { list-style: none; padding: 0; margin: 4px 0; }
    .side li { margin: 4px 0; }
    .side li button { text-align: left; width: 100%; overflow-wrap: anywhere; }
    @media (max-width: 900px) { .split { grid-template-columns: 1fr; } }
    @media print { .bar, [role=tablist], .graph { display: none; } }
    """#
}
