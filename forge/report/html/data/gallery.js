"use strict";
// The page works without this script, but for captions, filters and the pictures of videos.
const form = document.querySelector("form");
const main = document.getElementById("videos");
const more = document.getElementById("more");
const cards = [...main.children];
const step = Number(main.dataset.step);
const texts = new Map();
let shown = new Set(cards.filter((card) => !card.hidden));
let fitting = cards; // in their order; the first `drawn` of them are shown
let drawn = shown.size;
let playing = null;

// A poster loads when its video is near: the browser alone would load thousands at once.
const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    target.poster ||= target.dataset.poster;
    near.unobserve(target);
  }
}, { rootMargin: "50%" });

// Prepare a card when it is shown for the first time.
function prepare(card) {
  const video = card.querySelector("video");
  if (!video || card.querySelector(".play")) return;
  addCaptions(video, card.querySelectorAll(".transcript li"));
  if (video.dataset.poster) near.observe(video);
  // A poster says more without the browser's controls over it: they come with the first click.
  const play = document.createElement("button");
  play.className = "play";
  play.type = "button";
  play.setAttribute("aria-label", `Play ${video.getAttribute("aria-label")}`);
  play.addEventListener("click", () => video.play());
  video.controls = false;
  video.after(play);
}

// Captions are made of the transcript: a page that is a file may load no caption file.
function addCaptions(video, lines) {
  if (!lines.length) return;
  const track = video.addTextTrack("captions", "Captions", video.dataset.lang || "");
  for (const line of lines) {
    const { from, to } = line.querySelector("button").dataset;
    const text = line.querySelector("span").textContent.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    track.addCue(new VTTCue(Number(from), Number(to), text));
  }
  track.mode = "showing";
}

document.addEventListener("play", ({ target }) => {
  const play = target.parentElement.querySelector(".play");
  if (play) {
    target.controls = true;
    if (document.activeElement === play) target.focus();
    play.hidden = true;
  }
  if (playing !== target) playing?.pause();
  playing = target;
}, true);

document.addEventListener("click", ({ target }) => {
  const line = target.closest(".transcript button");
  if (line) {
    const video = line.closest(".card").querySelector("video");
    video.currentTime = Number(line.dataset.from);
    video.play();
  }
  const link = target.closest(".gantt a");
  if (link) {
    form.reset(); // what it leads to may be hidden
    filter();
    reveal(link.getAttribute("href"));
  }
});

function show(card) {
  card.hidden = false;
  shown.add(card);
  prepare(card);
}

function showMore() {
  for (const card of fitting.slice(drawn, drawn + step)) show(card);
  drawn = Math.min(fitting.length, drawn + step);
  end.unobserve(more); // it is told again if the end is still near
  if (drawn < fitting.length) end.observe(more);
}

const end = new IntersectionObserver(([entry]) => {
  if (entry.isIntersecting) showMore();
}, { rootMargin: "100%" });

function reveal(hash) {
  const card = document.getElementById(decodeURIComponent(hash.slice(1)));
  if (!card?.hidden) return;
  show(card);
  card.scrollIntoView();
}

function textOf(card) {
  if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
  return texts.get(card);
}

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  fitting = cards.filter((card) => {
    const { status, lang } = card.dataset;
    return (!wanted.status || wanted.status === status) && (!wanted.lang || wanted.lang === lang)
      && words.every((word) => textOf(card).includes(word));
  });
  const first = new Set(fitting.slice(0, step));
  for (const card of shown) card.hidden = !first.has(card);
  if (playing?.closest(".card").hidden) playing.pause();
  shown = new Set();
  drawn = 0;
  showMore();
  document.getElementById("none").hidden = fitting.length > 0;
  form.querySelector("output").textContent =
    fitting.length < cards.length ? `${fitting.length} of ${cards.length}` : "";
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter(); // a browser may bring back what was chosen before
if (location.hash) reveal(location.hash);

const time = document.querySelector("time");
time.textContent = new Date(time.dateTime).toLocaleString();
