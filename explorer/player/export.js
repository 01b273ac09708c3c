// Taking the picture away: as a PNG, or one pass of the animation as pictures of which the page makes a film.

const FILM = { pictures: 48, fps: 12, width: 1280 }; // width: of a picture at most, in pixels

function savePicture(canvas) {
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "unlearning.png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

// Return one pass as data URLs; drawAt(progress) draws the moments on the canvas, one an animation frame.
// tell(done, of) hears how many pictures were taken.
async function filmed(canvas, drawAt, tell) {
  const scale = Math.min(1, FILM.width / canvas.width);
  const even = (v) => 2 * Math.round((v * scale) / 2); // as codecs of films want it
  const sheet = canvasOf(even(canvas.width), even(canvas.height));
  const pictures = [];
  for (let k = 0; k < FILM.pictures; k++) {
    drawAt(k / (FILM.pictures - 1));
    sheet.getContext("2d").drawImage(canvas, 0, 0, sheet.width, sheet.height);
    pictures.push(sheet.toDataURL("image/webp", 0.92));
    tell(k + 1, FILM.pictures);
    await new Promise((done) => requestAnimationFrame(done));
  }
  return pictures;
}

// Put links to films into the place of the button that asked for them; films: [{kind, url, bytes}], none where it failed.
function offerFilms(button, films, words) {
  button.parentElement.querySelectorAll("a.film").forEach((link) => link.remove());
  const links = films.map(({ kind, url, bytes }) => {
    const link = document.createElement("a");
    link.className = "film";
    link.href = url;
    link.download = `unlearning.${kind}`;
    link.textContent = `${kind.toUpperCase()}, ${(bytes / 1e6).toFixed(1)} MB`;
    link.title = words.filmReady;
    return link;
  });
  button.after(...links);
  if (button.getRootNode().activeElement === button && links.length) links[0].focus();
  sayFilm(button, words.film, false);
}

// Say on the button how far the film is.
function sayFilm(button, text, busy) {
  button.lastElementChild.textContent = text;
  button.setAttribute("aria-label", text);
  button.disabled = busy;
}
