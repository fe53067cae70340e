const send = window[BINDING];
if (!send || window[Symbol.for('forge.tracks')]) return;
window[Symbol.for('forge.tracks')] = true;
const CONTROLS = {
  button: 'button, [role=button], input[type=button], input[type=submit], input[type=reset], summary',
  link: 'a[href], area[href], [role=link]',
  field: 'input, textarea, select, [contenteditable], [role=textbox], [role=combobox], [role=switch],'
    + '[role=checkbox], [role=radio], [role=slider], [role=spinbutton], [role=searchbox], [role=listbox]',
  tab: '[role=tab]', option: 'option, [role=option], [role=treeitem]', menu: '[role^=menuitem]',
};
const ANY = Object.values(CONTROLS).join(', ');
const fold = text => (text ?? '').replace(/\s+/g, ' ').trim();
const deep = (root, selector, found = []) => {
  found.push(...root.querySelectorAll(selector));
  for (const n of root.querySelectorAll('*')) if (n.shadowRoot) deep(n.shadowRoot, selector, found);
  return found;
};
const groupOf = it => Object.keys(CONTROLS).find(group => it.matches(CONTROLS[group])) ?? '';
const nameOf = it => fold(it.computedName ?? it.getAttribute('aria-label') ?? '');
const alone = (it, name) => deep(document, CONTROLS[groupOf(it)] ?? '*')
  .filter(n => n.checkVisibility() && nameOf(n).toLowerCase() === name.toLowerCase()).length === 1;
const quote = text => CSS.escape(text);
const pathOf = it => {
  const root = it.getRootNode(), parts = [];
  for (let n = it; n && n !== root && n !== document.documentElement; n = n.parentElement) {
    const own = n.id && !/\d{3}|:/.test(n.id) && root.querySelectorAll('#' + quote(n.id)).length === 1;
    const test = ['data-testid', 'data-test', 'data-test-id', 'data-cy', 'data-qa'].find(a => n.getAttribute(a));
    if (own) { parts.unshift('#' + quote(n.id)); break; }
    if (test) { parts.unshift(`[${test}="${quote(n.getAttribute(test))}"]`); break; }
    const alike = [...(n.parentElement ?? root).children].filter(o => o.tagName === n.tagName);
    const place = alike.length > 1 ? `:nth-of-type(${alike.indexOf(n) + 1})` : '';
    parts.unshift(n.tagName.toLowerCase() + place);
  }
  return parts.join(' > ');
};
const hostsOf = it => {
  const found = [];
  for (let root = it.getRootNode(); root.host; root = root.host.getRootNode())
    found.unshift(pathOf(root.host));
  return found;
};
const frameOf = () => {
  const found = [];
  for (let w = window; w !== w.parent; w = w.parent)
    found.unshift([...Array(w.parent.length).keys()].find(i => w.parent[i] === w));
  return found;
};
const describe = it => {
  const name = nameOf(it), code = it.matches(CODE), shown = fold(it.innerText);
  const group = code ? '' : groupOf(it);
  return {
    name: code ? '' : name || (group !== 'field' && shown.length <= 80 ? shown : ''), role: it.computedRole ?? '', group,
    named: !!name && !!group && alone(it, name), css: pathOf(it), hosts: hostsOf(it),
    shown: !group && !code && shown && shown.length <= 80
      && deep(document, '*').filter(n => !n.children.length && fold(n.innerText) === shown).length === 1
      ? shown : '',
    frame: frameOf(), secret: it.type === 'password', code,
    ticks: it.matches('input[type=checkbox], input[type=radio], [role=switch], [role=checkbox], [role=radio]'),
  };
};
const tell = (kind, it, more = {}) =>
  send(JSON.stringify({kind, ...(it ? describe(it) : {}), ...more}));
const first = e => e.composedPath().find(n => n instanceof Element);
const control = n => climb(n, o => o.matches(CODE)) ?? climb(n, o => o.matches(ANY)) ?? n;
const takesText = n => {
  const it = n && (climb(n, o => o.matches(CODE)) ?? climb(n, isRich) ?? climb(n, isPlain));
  return it && (it.tagName !== 'INPUT' || WRITTEN.includes(it.type)) && it.tagName !== 'SELECT' ? it : null;
};
let entered = false;
const clicks = kind => e => {
  const n = first(e);
  if (!e.isTrusted || !n) return;
  const label = climb(n, o => o.tagName === 'LABEL');
  if (label?.control && label.control !== n && !climb(n, o => o === label.control || o.matches('a, button')))
    return;  // a click on its control follows
  if (kind === 'click' && e.detail === 0 && entered) return;  // Enter in a field
  if (n.tagName === 'SELECT' || n.tagName === 'OPTION' && !n.closest('select[multiple], select[size]')) return;
  tell(kind, control(n));
};
addEventListener('click', clicks('click'), true);
addEventListener('dblclick', clicks('double'), true);
addEventListener('contextmenu', clicks('context'), true);
addEventListener('input', e => {
  const n = first(e), it = n && (takesText(n) ?? n);
  if (!e.isTrusted || !it || ['checkbox', 'radio'].includes(it.type)) return;
  if (it.type === 'file') return tell('lost', null, {text: 'the file that was chosen'});
  const value = it.type === 'password' ? '' : it.tagName === 'SELECT'
    ? [...it.selectedOptions].map(o => o.label.trim()).join() : SET.includes(it.type) ? it.value : read(it).text;
  const now = () => tell('enter', it, {text: it.matches(CODE) ? read(it).text : value});
  if (it.matches(CODE)) setTimeout(now, 50);  // its own field is read a moment later
  else now();
}, true);
const EDITS = ['Tab', 'Backspace', 'Delete', 'Insert', 'Home', 'End', 'PageUp', 'PageDown',
  'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];
addEventListener('keydown', e => {
  if (!e.isTrusted || e.isComposing || e.repeat) return;
  const it = takesText(first(e)), held = ['Control', 'Alt', 'Meta'].filter(
    (_, i) => [e.ctrlKey, e.altKey, e.metaKey][i]);
  entered = e.key === 'Enter' && !!it && it.tagName === 'INPUT';
  if (e.key === 'Tab' || ['Control', 'Alt', 'Meta', 'Shift', 'AltGraph'].includes(e.key)) return;
  const edits = EDITS.includes(e.key) || held.length && 'acvxyz'.includes(e.key.toLowerCase());
  if (it && (edits || e.key === 'Enter' && it.tagName !== 'INPUT')) return;
  if (!it && e.key === 'Enter' && first(e)?.closest('button, a, summary')) return;  // a click follows
  if (!held.length && (e.key.length === 1 || e.key === 'Unidentified')) return;
  const shift = e.shiftKey && e.key.length > 1 ? ['Shift'] : [];
  tell('key', null, {text: [...held, ...shift, e.key].join('+')});
}, true);
addEventListener('dragstart', e => {
  if (e.isTrusted) tell('lost', null, {text: 'a drag of ' + (fold(first(e)?.innerText).slice(0, 40) || 'an element')});
}, true);
let top_px = 0;
addEventListener('scrollend', () => {
  const by = Math.round(scrollY - top_px);
  top_px = scrollY;
  if (by && window === window.parent) tell('scroll', null, {count: by});
}, true);
if (window === window.parent) {
  const shows = () => {
    const [entry] = performance.getEntriesByType('navigation');
    tell('page', null, {text: location.href, title: document.title, how: entry?.type ?? 'navigate',
      referred: !!document.referrer});
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', shows);
  else if (location.href !== 'about:blank') shows();
}
