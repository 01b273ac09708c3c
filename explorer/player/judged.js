// Easy and hard: what a method takes a forget point to be, and what retrained models say of it.

// A ring around a forget point: whether most retrained models still give it its label.
function oracleRing(context, look, x, y, r, right) {
  context.beginPath();
  disc(context, x, y, r * 2.7);
  lift(context, look, right ? look.sets.retain : look.warning, Math.max(1.4, r * 0.5), right ? [] : [1.6, 1.2], 0.9);
}

// What a method takes a point to be: a disc for easy, a diamond for hard; filled on forget points, hollow on others.
function judgedMark(context, look, easy, x, y, r, filled) {
  context.beginPath();
  symbol(context, easy ? "circle" : "diamond", x, y, filled ? r * 1.25 : r * 0.65);
  context.fillStyle = filled ? (easy ? look.sets.retain : look.warning) : look.halo;
  context.strokeStyle = filled ? look.halo : easy ? look.sets.retain : look.warning;
  context.lineWidth = Math.max(1.1, r * 0.4);
  context.fill();
  context.stroke();
}
