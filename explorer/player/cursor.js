// A cursor on the page's plotly curves, in step with the player. A chart takes part if its figure says so:
// layout.meta = {explorer: "curves", panel: <name of the panel whose steps its x axis counts>}.

class Cursors {
  constructor() {
    this.charts = [];
    this.looked = -Infinity;
  }

  move(state, now) {
    const steps = {};
    for (const { panel } of state.views) steps[panel.name] = stepAt(panel, state.progress);
    window.dispatchEvent(new CustomEvent("explorer:progress", { detail: { progress: state.progress, panels: steps } }));
    if (now - this.looked > 700) {
      this.looked = now;
      this.charts = [...document.querySelectorAll(".js-plotly-plot")].filter((chart) => metaOf(chart).explorer === "curves");
    }
    for (const chart of this.charts) this.place(chart, steps[metaOf(chart).panel || state.header.look.focus], state.look.accent);
  }

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
    for (const chart of this.charts) chart.querySelectorAll(":scope > .explorer-cursor").forEach((line) => line.remove());
    this.charts = [];
  }
}

const metaOf = (chart) => (chart._fullLayout && chart._fullLayout.meta) || (chart.layout && chart.layout.meta) || {};
