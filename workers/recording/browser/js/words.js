// Descriptions of elements for messages: `describe(element)`.
const LONGEST = 80;
const short = text => text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
const step = it => {
  if (it.id) return `${it.localName}#${it.id}`;
  const classes = [...it.classList].slice(0, 2).map(one => `.${one}`).join('');
  return it.localName + classes;
};
// The way to an element from the nearest ancestor with an id, at most four steps of it.
const whereOf = it => {
  const steps = [step(it)];
  for (let at = it; !at.id && steps.length < 4 && (at = at.parentElement) && at.localName !== 'body';) {
    steps.unshift(step(at));
  }
  return steps.join(' > ');
};
const hostsOf = it => {
  const hosts = [];
  for (let at = it.getRootNode(); at.host; at = at.host.getRootNode()) hosts.unshift(step(at.host));
  return hosts;
};
const covering = it => {
  const {x, y, width, height} = it.getBoundingClientRect();
  const root = it.getRootNode();
  const at = root.elementFromPoint?.(x + width / 2, y + height / 2);
  if (!at || it.contains(at) || at.contains(it) || it.shadowRoot) return '';
  return `covered by ${whereOf(at)}`;
};
// Why an element cannot be seen; '' if it can.
const unseen = it => hiddenBy(it)
  || (isShown(it) ? covering(it) : styleOf(it).opacity === '0' ? 'opacity: 0' : 'without a size');
// Hidden elements have no accessible name: the text that they would show stands for it.
const wouldBe = it => fold(it.getAttribute('aria-label') ?? it.labels?.[0]?.textContent
  ?? it.textContent);
const nameOrText = it => nameOf(it) || (hiddenBy(it) ? wouldBe(it) : '');
const describe = it => ({
  role: roleOf(it) || it.localName, name: short(nameOrText(it)), text: short(fold(it.innerText ?? '')),
  kinds: Object.keys(KINDS).filter(kind => isKind(it, kind, 1)),
  where: whereOf(it), hosts: hostsOf(it), hidden: unseen(it), frames: [],
});
const labelOf = frame => step(frame) + (frame.id || !frame.name ? '' : `[name="${frame.name}"]`);
