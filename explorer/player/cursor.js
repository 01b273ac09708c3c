// Show on the page's plotly charts where the player stands. A chart takes part if the meta of its layout says so:
//   {explorer: "curves", panel: name}  a line across it; its x axis counts the steps of that panel (default: the focused one)
//   {explorer: "tradeoff"}             a ring on each path; the path's customdata are [panel, step]

class Cursors {
  constructor() {
    this.charts = [];
    this.looked = -Infinity;
  }

  move(state, now) {
    const steps = {};
    for (const { panel } of state.views) steps[panel.name] = stepAt(panel, state.progress);
    if (now - this.looked > 700) {
      this.looked = now;
      this.charts = [...document.querySelectorAll(".js-plotly-plot")].filter((chart) => MARKED.has(metaOf(chart).explorer));
    }
    for (const chart of this.charts) {
      const { explorer, panel } = metaOf(chart);
      if (explorer === "tradeoff") this.ring(chart, steps, state.look.accent);
      else this.place(chart, steps[panel || state.header.look.focus], state.look.accent);
    }
  }

  // Put a ring on each path, at the step of its panel.
  ring(chart, steps, colour) {
    const axes = chart._fullLayout;
    const seen = new Set();
    for (const path of (axes && axes.xaxis && chart._fullData) || []) {
      const places = path.mode === "lines+markers" && path.customdata;
      if (!places || !places.length || steps[places[0][0]] === undefined) continue;
      const [name] = places[0];
      const step = steps[name];
      let after = 0;
      while (after < places.length - 1 && places[after][1] < step) after += 1;
      const before = Math.max(after - 1, 0);
      const gap = places[after][1] - places[before][1];
      const share = gap > 0 ? (step - places[before][1]) / gap : 1;
      const at = (axis, values) => axis._offset + (1 - share) * axis.d2p(values[before]) + share * axis.d2p(values[after]);
      const x = at(axes.xaxis, path.x);
      const y = at(axes.yaxis, path.y);
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      seen.add(name);
      let mark = chart.querySelector(`:scope > .explorer-here[data-panel="${CSS.escape(name)}"]`);
      if (!mark) {
        mark = document.createElement("div");
        mark.className = "explorer-here";
        mark.dataset.panel = name;
        mark.style.cssText =
          "position:absolute;left:-9px;top:-9px;width:18px;height:18px;box-sizing:border-box;pointer-events:none;" +
          "border:2.5px solid;border-radius:50%;z-index:2";
        if (getComputedStyle(chart).position === "static") chart.style.position = "relative";
        chart.append(mark);
      }
      mark.style.borderColor = colour;
      mark.style.transform = `translate(${x}px, ${y}px)`;
    }
    for (const mark of chart.querySelectorAll(":scope > .explorer-here")) if (!seen.has(mark.dataset.panel)) mark.remove();
  }

  // Put a line across a chart at a step; take it away if there is no such panel.
  place(chart, step, colour) {
    let line = chart.querySelector(":scope > .explorer-cursor");
    const axes = chart._fullLayout;
    if (step === undefined || !axes || !axes.xaxis || !axes.yaxis) {
      if (line) line.remove();
      return;
    }
    if (!line) {
      line = document.createElement("div");
      line.className = "explorer-cursor";
      line.style.cssText = "position:absolute;left:0;width:0;pointer-events:none;border-left:2px solid;opacity:.8;z-index:2";
      if (getComputedStyle(chart).position === "static") chart.style.position = "relative";
      chart.append(line);
    }
    const { xaxis, _size: size } = axes;
    const x = xaxis._offset + xaxis.d2p(step);
    const inside = x >= xaxis._offset - 1 && x <= xaxis._offset + xaxis._length + 1;
    line.style.top = `${size.t}px`;
    line.style.height = `${size.h}px`;
    line.style.borderColor = colour;
    line.style.transform = `translateX(${x - 1}px)`;
    line.style.display = inside ? "block" : "none";
  }

  clear() {
    for (const chart of this.charts) chart.querySelectorAll(":scope > .explorer-cursor, :scope > .explorer-here").forEach((mark) => mark.remove());
    this.charts = [];
  }
}

const MARKED = new Set(["curves", "tradeoff"]);
const metaOf = (chart) => (chart._fullLayout && chart._fullLayout.meta) || (chart.layout && chart.layout.meta) || {};
