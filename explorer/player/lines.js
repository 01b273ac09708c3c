// The decision boundary as polylines, by marching squares over a field's samples. Crossings are joined to chains, so that
// dashes go on from cell to cell. Where three classes meet in a cell, its crossings are joined in a point.

class Lines {
  constructor(width) {
    const edges = 2 * width * width;
    this.width = width;
    this.x = new Float32Array(edges);
    this.y = new Float32Array(edges);
    this.link = new Int32Array(2 * edges).fill(-1);
    this.seen = new Uint8Array(edges);
    this.nodes = [];
    this.points = []; // x, y, x, y, ... of all chains, in the unit square from its lower left corner
    this.starts = [];
  }

  trace(field) {
    const { link, seen, nodes } = this;
    for (const node of nodes) {
      link[2 * node] = link[2 * node + 1] = -1;
      seen[node] = 0;
    }
    nodes.length = this.points.length = this.starts.length = 0;
    const { classes, width } = field;
    for (let r = 0; r < width - 1; r++) {
      let i = r * width;
      let left = classes[i] | (classes[i + width] << 8);
      for (let j = 0; j < width - 1; j++, i++) {
        const right = classes[i + 1] | (classes[i + 1 + width] << 8);
        if (left !== right || (left & 255) !== left >> 8) this.cell(field, i, j, r);
        left = right;
      }
    }
    this.chain();
    return this;
  }

  // Join the crossings of a cell that has more than one class at its corners.
  cell(field, i, j, r) {
    const { classes, width, place } = field;
    const flat = width * width;
    const hit = [];
    const a = classes[i];
    const b = classes[i + 1];
    const c = classes[i + width + 1];
    const d = classes[i + width];
    if (a !== b) hit.push(this.cross(field, i, i, i + 1, place[j], place[r], place[j + 1], place[r]));
    if (b !== c) hit.push(this.cross(field, flat + i + 1, i + 1, i + 1 + width, place[j + 1], place[r], place[j + 1], place[r + 1]));
    if (c !== d) hit.push(this.cross(field, i + width, i + width, i + 1 + width, place[j], place[r + 1], place[j + 1], place[r + 1]));
    if (d !== a) hit.push(this.cross(field, flat + i, i, i + width, place[j], place[r], place[j], place[r + 1]));
    if (hit.length === 2) this.join(hit[0], hit[1]);
    else if (hit.length === 4 && a === c && b === d) {
      const [p, q] = middleIsFirst(field, i, a, b) ? [1, 3] : [3, 1]; // a's class in the middle: the lines cut off b and d
      this.join(hit[0], hit[p]);
      this.join(hit[2], hit[q]);
    } else this.meet(hit);
  }

  // Find the place between neighbouring samples m and n where their two classes score alike.
  cross(field, edge, m, n, x0, y0, x1, y1) {
    if (this.link[2 * edge] === -1 && !this.seen[edge]) {
      const { up, classes, channels, width } = field;
      const area = width * width;
      let p = up[m];
      let q = up[n];
      if (channels > 1) {
        const [a, b] = [classes[m] * area, classes[n] * area];
        p = up[a + m] - up[b + m];
        q = up[a + n] - up[b + n];
      }
      const t = p === q ? 0.5 : Math.min(1, Math.max(0, p / (p - q)));
      this.x[edge] = x0 + t * (x1 - x0);
      this.y[edge] = y0 + t * (y1 - y0);
      this.seen[edge] = 1;
      this.nodes.push(edge);
    }
    return edge;
  }

  join(p, q) {
    const { link } = this;
    link[link[2 * p] === -1 ? 2 * p : 2 * p + 1] = q;
    link[link[2 * q] === -1 ? 2 * q : 2 * q + 1] = p;
  }

  meet(hit) {
    let [x, y] = [0, 0];
    for (const edge of hit) [x, y] = [x + this.x[edge] / hit.length, y + this.y[edge] / hit.length];
    for (const edge of hit) {
      this.starts.push(this.points.length);
      this.points.push(this.x[edge], this.y[edge], x, y);
    }
  }

  chain() {
    const { link, nodes, seen } = this;
    for (const node of nodes) if (link[2 * node] !== -1 && link[2 * node + 1] === -1) this.walk(node);
    for (const node of nodes) if (link[2 * node] !== -1 && seen[node] === 1) this.walk(node); // closed curves
  }

  walk(from) {
    const { link, seen, x, y, points } = this;
    if (seen[from] === 2) return;
    this.starts.push(points.length);
    let node = from;
    let before = -1;
    while (node !== -1 && seen[node] === 1) {
      seen[node] = 2;
      points.push(x[node], y[node]);
      const next = link[2 * node] === before ? link[2 * node + 1] : link[2 * node];
      before = node;
      node = next;
    }
    if (node === from) points.push(x[from], y[from]);
  }

  // Add the chains to the current path of a canvas, scaled to a box {x, y, w, h}.
  path(context, box) {
    const { points, starts } = this;
    for (let k = 0; k < starts.length; k++) {
      const end = k + 1 < starts.length ? starts[k + 1] : points.length;
      context.moveTo(box.x + points[starts[k]] * box.w, box.y + (1 - points[starts[k] + 1]) * box.h);
      for (let i = starts[k] + 2; i < end; i += 2)
        context.lineTo(box.x + points[i] * box.w, box.y + (1 - points[i + 1]) * box.h);
    }
  }
}

function middleIsFirst(field, i, a, b) {
  const { up, width, channels } = field;
  const area = width * width;
  const mean = (c) => up[c + i] + up[c + i + 1] + up[c + i + width] + up[c + i + width + 1];
  return channels > 1 ? mean(a * area) >= mean(b * area) : mean(0) > 0 === (a === 1);
}

// Return the lines of a model that has one keyframe.
function still(model, factor) {
  const field = new Field(model, factor);
  field.move(0);
  return new Lines(field.width).trace(field);
}
