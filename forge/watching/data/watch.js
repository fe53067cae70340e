// The page of `forge watch`. The server sends all that is shown after each change; here it is put
// into the page, and only what differs is touched: pictures do not flicker, the focus stays.
const at = (id) => document.getElementById(id);
const EMPTY = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
const STATES = { changed: "changed", playing: "is played", played: "", failed: "failed" };
let shown = null;
let wantsToPlay = false; // the reader has chosen a step whose clip is not there yet

const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};
const setProperty = (element, name, value) => {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
};
const file = (name) => (name ? `/files/${name}` : null);

const choose = (job, step, again = false) =>
  fetch("/choose", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ job, step, again }),
  });

const playWhenReady = () => {
  wantsToPlay = true;
  const video = at("video");
  if (!video.hasAttribute("src") || at("player").classList.contains("stale")) return;
  wantsToPlay = false;
  video.currentTime = 0;
  video.play().catch(() => {}); // the browser may want a click first
};

const showHeader = (job) => {
  setText(at("project"), shown.project);
  const doing = shown.doing || (job?.state === "played" ? "up to date" : STATES[job?.state] ?? "");
  const took = !shown.doing && shown.took_s !== null ? ` · shown after ${shown.took_s} s` : "";
  setText(at("doing"), `${doing}${took}`);
  document.body.classList.toggle("busy", shown.doing !== "");
  document.title = `${job?.state === "failed" || shown.problem ? "✗ " : ""}${shown.project}: forge watch`;
  at("choice").hidden = shown.jobs.length < 2;
  const select = at("jobs");
  const labels = shown.jobs.map(({ title, lang, state }) =>
    [title, lang && `(${lang})`, STATES[state] && `– ${STATES[state]}`].filter(Boolean).join(" "),
  );
  while (select.options.length > labels.length) select.remove(labels.length);
  shown.jobs.forEach(({ name }, number) => {
    const option = select.options[number] ?? select.appendChild(document.createElement("option"));
    option.value = name;
    setText(option, labels[number]);
  });
  select.value = shown.job;
};

const showProblem = (job) => {
  const problem = shown.problem ?? job?.problem;
  at("problem").hidden = !problem;
  if (!problem) return;
  const step = problem.step ? `step ${problem.step}` : "";
  setText(at("where"), [problem.where, step].filter(Boolean).join(", "));
  setText(at("message"), problem.message);
  setText(at("hint"), problem.hint ? `Hint: ${problem.hint}` : "");
  at("screenshot").hidden = !problem.picture;
  setProperty(at("screenshot"), "src", file(problem.picture));
};

const showPlayer = (job, step) => {
  const video = at("video");
  at("player").classList.toggle("stale", !step?.clip);
  setProperty(video, "poster", file(step?.picture));
  setProperty(video, "aria-label", step ? `Step ${step.id}` : null);
  const another = video.dataset.of !== `${shown.job} ${shown.step}`;
  video.dataset.of = `${shown.job} ${shown.step}`;
  const before = video.getAttribute("src");
  if (step?.clip || another) setProperty(video, "src", file(step?.clip));
  if (!video.hasAttribute("src") && before) video.load();
  const isNew = step?.clip && before !== video.getAttribute("src");
  if (isNew && (wantsToPlay || (at("auto").checked && before !== null))) playWhenReady();
  setText(at("title"), shown.step);
  setText(at("narration"), step?.text ?? "");
  setProperty(at("narration"), "lang", job?.lang ?? null);
  at("again").disabled = !job || job.state === "playing";
  const warnings = [...(job?.warnings ?? []), ...shown.warnings];
  const list = at("warnings");
  while (list.children.length > warnings.length) list.lastChild.remove();
  warnings.forEach((warning, number) => {
    setText(list.children[number] ?? list.appendChild(document.createElement("li")), warning);
  });
};

const newStep = () => {
  const item = document.createElement("li");
  const button = item.appendChild(document.createElement("button"));
  button.type = "button";
  for (const tag of ["img", "b", "small", "span"]) button.append(document.createElement(tag));
  button.querySelector("img").alt = "";
  button.addEventListener("click", () => {
    choose(shown.job, button.value);
    if (button.value === shown.step) playWhenReady();
    else wantsToPlay = true;
  });
  return item;
};

const showSteps = (job) => {
  const list = at("steps");
  const steps = job?.steps ?? [];
  while (list.children.length > steps.length) list.lastChild.remove();
  steps.forEach((step, number) => {
    const item = list.children[number] ?? list.appendChild(newStep());
    const button = item.firstChild;
    button.value = step.id;
    const isCurrent = step.id === shown.step;
    if (isCurrent && !button.hasAttribute("aria-current")) item.scrollIntoView({ block: "nearest" });
    setProperty(button, "aria-current", isCurrent ? "step" : null);
    button.classList.toggle("failed", job.problem?.step === step.id);
    item.classList.toggle("stale", step.stale);
    const [picture, id, facts, text] = button.children;
    setProperty(picture, "src", file(step.picture) ?? EMPTY);
    setText(id, step.id);
    const length = step.length_s ? `${step.length_s.toFixed(1)} s` : "";
    setText(facts, [`${number + 1}`, length].filter(Boolean).join(" · "));
    setText(text, step.text);
    setProperty(text, "dir", "auto");
  });
};

const show = () => {
  const job = shown.jobs.find(({ name }) => name === shown.job);
  showHeader(job);
  showProblem(job);
  showPlayer(job, job?.steps.find(({ id }) => id === shown.step));
  showSteps(job);
};

at("jobs").addEventListener("change", ({ target }) => {
  const job = shown.jobs.find(({ name }) => name === target.value);
  choose(job.name, job.steps[0].id);
});
at("again").addEventListener("click", () => choose(shown.job, shown.step, true));

const events = new EventSource("/events");
events.onmessage = ({ data }) => {
  shown = JSON.parse(data);
  show();
};
events.onerror = () => {
  setText(at("doing"), "forge watch has ended, or does not answer");
  document.body.classList.remove("busy");
};
