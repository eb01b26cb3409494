// The pictures of the evidence page: enlarged, turned, and the film shown at the moment of a movement. Without scripts
// a picture opens in a tab of its own.

const LARGEST = 8;
const STEP = 1.5;

const dialog = document.querySelector("[data-dialog]");
const image = dialog?.querySelector("[data-dialog-image]");
const room = dialog?.querySelector("[data-dialog-room]");
let zoom = 1;
let turns = 0;

// The room has the size of the picture as it lies after turning, so that every corner can be scrolled to.
function show() {
  const pane = room.parentElement;
  const isLying = turns % 2 === 1;
  const [wide, high] = isLying
    ? [image.naturalHeight, image.naturalWidth]
    : [image.naturalWidth, image.naturalHeight];
  const scale = Math.min(pane.clientWidth / wide, pane.clientHeight / high) * zoom;
  const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
  const corner = [[0, 0], [height, 0], [width, height], [0, width]][turns];
  room.style.width = `${wide * scale}px`;
  room.style.height = `${high * scale}px`;
  image.style.width = `${width}px`;
  image.style.transform = `translate(${corner[0]}px, ${corner[1]}px) rotate(${90 * turns}deg)`;
}

function open(event) {
  const link = event.target.closest("[data-zoom]");
  // With a modifier key people want their new tab.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  zoom = 1;
  turns = 0;
  image.src = link.href;
  image.alt = link.querySelector("img").alt.replace(/^Enlarge: /, "");
  dialog.querySelector("[data-dialog-label]").textContent = link.dataset.zoom;
  dialog.showModal();
  image.decode().then(show);
}

const DEEDS = {
  larger: () => {
    zoom = Math.min(LARGEST, zoom * STEP);
  },
  smaller: () => {
    zoom = Math.max(1, zoom / STEP);
  },
  turn: () => {
    turns = (turns + 1) % 4;
  },
  close: () => dialog.close(),
};

function act(event) {
  const deed = event.target.closest("[data-deed]")?.dataset.deed;
  if (deed) {
    DEEDS[deed]();
    show();
  } else if (event.target === image) {
    zoom = zoom > 1 ? 1 : STEP ** 2;
    show();
  } else if (event.target === dialog) {
    dialog.close(); // a click beside the picture's frame lands on the dialog itself
  }
}

function seek(event) {
  const moment = event.target.closest("[data-seek]");
  const film = document.querySelector(".pictures video");
  if (!moment || !film) return;
  film.pause();
  film.currentTime = Number(moment.dataset.seek);
  film.scrollIntoView({ block: "nearest" });
}

// A map that cannot be made is said in words in its place. Its page asks for it when it is opened, after this.
function sayThatThereIsNone(event) {
  const figure = event.target.closest("figure");
  figure.querySelector("a").hidden = true;
  figure.querySelector(".levels__trouble").hidden = false;
}

for (const map of document.querySelectorAll("[data-levels]")) map.addEventListener("error", sayThatThereIsNone);

document.querySelector(".evidence").addEventListener("click", seek);
for (const element of document.querySelectorAll("[data-scripted]")) element.hidden = false;
if (dialog) {
  document.querySelector(".evidence").addEventListener("click", open);
  dialog.addEventListener("click", act);
}
