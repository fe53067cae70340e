// Elements by forge's locators, in a document, its open shadow roots and its frames.
const lower = text => fold(text).toLowerCase();
const fits = (text, wanted, whole) => whole ? lower(text) === wanted : lower(text).includes(wanted);

// `scope` and all open shadow roots inside it. A page does not change while a script runs.
const known = new Map();
const rootsOf = scope => {
  if (known.has(scope)) return known.get(scope);
  const roots = [scope];
  if (scope.shadowRoot) roots.push(...rootsOf(scope.shadowRoot));
  for (const it of scope.querySelectorAll('*')) {
    if (it.shadowRoot) roots.push(...rootsOf(it.shadowRoot));
  }
  known.set(scope, roots);
  return roots;
};
// Why assistive technology does not get an element; '' if it does.
const hiddenBy = it => {
  const document = it.ownerDocument;
  if (!rendered(it)) {
    return styleOf(it).visibility === 'visible' ? 'display: none' : 'visibility: hidden';
  }
  const modal = [...document.querySelectorAll('dialog:modal')].at(-1);
  let inModal = !modal;
  for (let at = it; at; at = up(at)) {
    if (at.getAttribute('aria-hidden') === 'true') return 'aria-hidden';
    if (at.inert) return 'inert';
    inModal ||= at === modal;
  }
  return inModal ? '' : 'behind a modal dialog';
};
const isShown = it => {
  if (it.localName === 'option') return Boolean(it.closest('select')) && rendered(it);
  const contents = styleOf(it).display === 'contents';
  const options = {opacityProperty: true, visibilityProperty: true};
  if (!contents && !it.checkVisibility(options)) return false;
  const {width, height} = it.getBoundingClientRect();
  return (width > 0 && height > 0) || [...(it.shadowRoot ?? it).children].some(isShown);
};

const QUIET = 'script,style,noscript,template,title,textarea,select';
const byText = (wanted, whole, roots) => {
  const squeezed = wanted.replaceAll(' ', '');
  const found = new Set();
  for (const root of roots) {
    const document = root.ownerDocument ?? root;
    const nodes = [], ends = [];
    let text = '';
    const walker = document.createTreeWalker(root, 4);
    for (let node; (node = walker.nextNode());) {
      const own = node.data.replace(/\s+/gu, '').toLowerCase();
      if (!own || node.parentElement?.closest(QUIET)) continue;
      nodes.push(node);
      ends.push(text.length + own.length);
      text += own;
    }
    for (let at = -1, first = 0; (at = text.indexOf(squeezed, at + 1)) >= 0;) {
      while (ends[first] <= at) first++;
      let last = first;
      while (ends[last] < at + squeezed.length) last++;
      const range = document.createRange();
      range.setStart(nodes[first], 0);
      range.setEnd(nodes[last], 0);
      const common = range.commonAncestorContainer;
      const it = isElement(common) ? common : common.parentElement ?? common.host;
      const shown = it && !found.has(it) && isShown(it) ? it.innerText ?? it.textContent : '';
      if (fits(shown, wanted, whole)) found.add(it);
    }
  }
  // An element counts once, by its innermost match.
  const outer = new Set();
  for (const it of found) {
    for (let at = it.parentElement; at; at = at.parentElement) outer.add(at);
  }
  return [...found].filter(it => !outer.has(it));
};

const quoted = text => `"${text.replace(/["\\]/g, '\\$&')}"`;
const linkText = (fitsText, root) => [...root.querySelectorAll('a')]
  .filter(it => fitsText(fold(it.innerText ?? it.textContent)));
const PLAIN = {
  'css selector': (value, root) => root.querySelectorAll(value),
  id: (value, root) => root.querySelectorAll(`[id=${quoted(value)}]`),
  name: (value, root) => root.querySelectorAll(`[name=${quoted(value)}]`),
  'class name': (value, root) => root.querySelectorAll(`.${CSS.escape(value)}`),
  'tag name': (value, root) => root.querySelectorAll(value),
  'link text': (value, root) => linkText(text => text === fold(value), root),
  'partial link text': (value, root) => linkText(text => text.includes(fold(value)), root),
  xpath: (value, root) => {
    if (root.nodeType === 11) return [];  // XPath does not see shadow roots
    const document = root.ownerDocument ?? root;
    const found = document.evaluate(value, root, null, 7, null);
    return Array.from({length: found.snapshotLength}, (_, at) => found.snapshotItem(at))
      .filter(it => isElement(it) && (root === document || root.contains(it)));
  },
};

// Items and tabs often have a shortcut, a remark or a button beside their label, labels of fields a
// sign for "required": where no whole name matches, one text in it will do.
const PARTED = ['menu', 'option', 'tab', 'field'];
const hasText = (it, wanted) => [it, ...it.querySelectorAll('*')].some(part => rendered(part)
  && (lower(part.textContent) === wanted || [...part.childNodes].some(node =>
    node.nodeType === 3 && lower(node.data) === wanted)));
const referred = () => ({seen: new Set(), direct: true, referred: true});
const hasPart = (it, kind, wanted) => kind !== 'field' ? hasText(it, wanted)
  : [...(it.labels ?? []), ...byIds(it, 'aria-labelledby')].some(one =>
    hasText(one, wanted) || lower(textOf(one, referred())) === wanted);
// False if an element cannot have a name, which would take long to compute: its own text is part of
// the name, unless an attribute gives that.
const ATTRIBUTES = ['aria-label', 'aria-labelledby'];
const mayFit = (it, wanted, whole) => !whole || ATTRIBUTES.some(one => it.hasAttribute(one))
  || it.localName === 'textarea' || !FROM_CONTENT.has(roleOf(it))
  || [...it.childNodes].every(node => node.nodeType !== 3 || it.shadowRoot
    || wanted.includes(lower(node.data)));

// The elements inside `scope` that a part of a locator names.
const find = ({kind, names, whole}, scope) => {
  if (PLAIN[kind]) return rootsOf(scope).flatMap(root => [...PLAIN[kind](names[0], root)]);
  const wanted = lower(names.at(-1)), roots = rootsOf(scope);
  if (kind === 'text') return byText(wanted, whole, roots).filter(it => !hiddenBy(it));
  const markup = markupOf(kind, names.length);
  const all = roots.flatMap(root => [...root.querySelectorAll(markup)])
    .filter(it => isKind(it, kind, names.length));
  let found = all.filter(it =>
    mayFit(it, wanted, whole) && rendered(it) && fits(nameOf(it), wanted, whole) && !hiddenBy(it));
  if (!found.length && PARTED.includes(kind)) {
    found = all.filter(it => hasPart(it, kind, wanted) && !hiddenBy(it));
  }
  // Of items in several menus, those in the menu with the name before.
  const inMenu = names.length > 1 && found.length > 1
    ? found.filter(it => menuNames(it).includes(lower(names.at(-2)))) : [];
  return inMenu.length ? inMenu : found;
};
const menuNames = it => {
  const menu = it.parentElement?.closest('[role=menu]');
  const opener = menu?.id
    && menu.getRootNode().querySelector(`[aria-controls=${quoted(menu.id)}]`);
  return [menu, opener].filter(Boolean).map(one => lower(nameOf(one)));
};
// A label stands for the part of the page around it.
const LABELS = ['field', 'heading', 'text'];
const around = (label, part) => {
  for (let at = label; at; at = up(at)) {
    const found = find(part, at).filter(it => it !== label);
    if (found.length) return found;
  }
  return [];
};
// Per number of parts that have been found: the elements that the next part is searched in.
const scopesOf = (parts, starts) => {
  const scopes = parts.map((_, at) => starts[at] ?? []);
  const found = new Set();
  parts.forEach((part, at) => {
    const label = at > 0 && LABELS.includes(parts[at - 1].kind);
    const matches = new Set(scopes[at].flatMap(scope =>
      label && isElement(scope) ? around(scope, part) : find(part, scope)));
    for (const it of matches) (at + 1 < parts.length ? scopes[at + 1] : []).push(it);
    if (at + 1 === parts.length) matches.forEach(it => found.add(it));
  });
  return {found: [...found], scopes};
};
const framesOf = scope => rootsOf(scope).flatMap(root =>
  [...root.querySelectorAll('iframe,frame')]).filter(it => !hiddenBy(it));
const holds = (scope, it) => {
  for (let at = it; at; at = up(at)) if (at === scope) return true;
  return scope.nodeType === 9;
};
const documentOf = frame => {
  try { return frame.contentDocument; } catch { return null; }
};
// `starts`: by number of parts that have been found outside, the scopes. Returns the elements, and
// the frames to look into with the numbers of parts that are found outside them.
const search = (parts, starts, visible) => {
  const {found, scopes} = scopesOf(parts, starts);
  const frames = [];
  for (const frame of new Set(scopes.flat().flatMap(framesOf))) {
    const passed = parts.map((_, at) => at).filter(at => scopes[at].some(one => holds(one, frame)));
    const inner = documentOf(frame);
    if (!inner || mayHold(parts, passed, inner, visible)) frames.push([frame, passed]);
  }
  return {found: visible ? found.filter(isShown) : found, frames};
};
const startsIn = (document, passed) => Object.fromEntries(passed.map(at => [at, [document]]));
const mayHold = (parts, passed, document, visible) => {
  if (!document.documentElement) return false;
  const {found, frames} = search(parts, startsIn(document, passed), visible);
  return found.length + frames.length > 0;
};
