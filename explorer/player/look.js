// Look: colours, widths of lines and type, made from the palette that the blob carries.

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const pack32 = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
const mix = (from, to, t) => from.map((v, i) => Math.round(v + t * (to[i] - v)));
const css = (colour, alpha = 1) => `rgba(${(typeof colour === "string" ? rgb(colour) : colour).join(",")},${alpha})`;

// paper: the page's own background, "" = the palette's. unit: pixels for one of a screen of 1920 x 1080 on which the picture
// is presented, 0 where it is not: then type has at least 28 of them and a line 4. tables: colour by level, as `paint`
// looks it up.
function makeLook(header, dark, projector, paper, unit = 0) {
  const palette = header.theme[dark ? "dark" : "light"];
  const classes = header.names.length;
  const colour = (k) => (k < classes ? palette.classes[k % palette.classes.length] : palette.muted);
  const shades = projector ? [0.3, 0.72] : dark ? [0.2, 0.56] : [0.15, 0.5];
  const ground = rgb(palette.panel);
  const shade = (k, share) => mix(ground, rgb(colour(k)), shades[0] + (shades[1] - shades[0]) * share ** 1.3);
  const [calm, steep] = palette.ramp.map(rgb);
  const ramp = Uint32Array.from({ length: 256 }, (_, i) => pack32(mix(calm, steep, (i / 255) * 0.85)));
  const logits = (i) => ((i / 4 - 128) * CLIP) / 127;
  return {
    ...palette,
    projector,
    presents: unit > 0,
    paper: paper || palette.paper,
    patterns: header.theme.patterns,
    symbols: header.theme.symbols,
    glow: dark ? "#ffe066" : "#ffb703", // what is about to change, and where a guess was wrong
    type: unit ? Math.max(13, 34.5 * unit) : projector ? 18 : 13, // axes have .82 of it
    stroke: unit ? Math.max(2.2, 5.8 * unit) : projector ? 3.2 : 2.2,
    fine: 4 * unit, // no line over the picture is thinner
    rule: Math.max(1, 4 * unit), // width of frames and ticks
    colour,
    shade,
    tables: {
      margin: Uint32Array.from({ length: 1024 }, (_, i) => {
        const p = 1 / (1 + Math.exp(-Math.abs(logits(i))));
        return pack32(shade(i > 512 ? 1 : 0, 2 * p - 1));
      }),
      entropy: Uint32Array.from(NATS, (nats) => ramp[Math.round((255 * nats) / Math.LN2)]),
      excess: excessColours(ground, ...palette.diverging.map(rgb)),
      scores: Uint32Array.from({ length: (classes + 1) * BINS }, (_, i) => {
        const p = (i % BINS) / (BINS - 1);
        return pack32(shade(Math.floor(i / BINS), Math.max(0, (p * classes - 1) / (classes - 1))));
      }),
      nats: Math.log(classes),
      ramp,
    },
    font: (size, weight = 400) => `${weight} ${size}px ${header.font || FONT}`,
  };
}

const FONT = '"Source Sans","Source Sans Pro","Source Sans 3",system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif';
