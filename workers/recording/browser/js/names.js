// Accessible names as Chromium computes them (W3C accname): `nameOf(element)`.
const BLOCK = /^(block|flex|grid|table|list-item|flow-root|inline-block|inline-flex|inline-grid)/;
const FROM_CONTENT = new Set(['button', 'link', 'tab', 'option', 'treeitem', 'menuitem',
  'menuitemcheckbox', 'menuitemradio', 'heading', 'checkbox', 'radio', 'switch', 'tooltip',
  'cell', 'gridcell', 'columnheader', 'rowheader', 'row']);
const fold = text => text.replace(/\s+/gu, ' ').trim();
const styleOf = (it, pseudo) => it.ownerDocument.defaultView.getComputedStyle(it, pseudo);
const isElement = node => node?.nodeType === 1;
// The parent on the screen: of a slotted element the slot, of a shadow root its host.
const up = it => it.assignedSlot ?? it.parentElement
  ?? (it.parentNode?.nodeType === 11 ? it.parentNode.host ?? null : null);
const rendered = it => it.localName === 'option' || it.localName === 'optgroup'
  ? Boolean(it.closest('select')?.checkVisibility({visibilityProperty: true}))
    || it.checkVisibility({visibilityProperty: true})
  : it.checkVisibility({visibilityProperty: true}) || styleOf(it).display === 'contents';

const generated = (it, pseudo) => {
  const {content, display} = styleOf(it, pseudo);
  const quoted = content.match(/"(?:[^"\\]|\\.)*"/g);
  if (!quoted || display === 'none') return '';
  const text = quoted.map(one => one.slice(1, -1).replace(/\\(.)/g, '$1')).join('');
  return BLOCK.test(display) ? ` ${text} ` : text;
};
const childrenOf = it => it.localName === 'slot' && it.assignedNodes().length
  ? it.assignedNodes() : (it.shadowRoot ?? it).childNodes;

const contentOf = (it, state) => {
  let text = generated(it, '::before');
  for (const node of childrenOf(it)) {
    if (node.nodeType === 3) text += node.data;
    else if (isElement(node)) {
      if (node.localName === 'br') text += ' ';
      else {
        const inner = textOf(node, {...state, direct: false});
        text += BLOCK.test(styleOf(node).display) ? ` ${inner} ` : inner;
      }
    }
  }
  return text + generated(it, '::after');
};
const byIds = (it, attribute) => (it.getAttribute(attribute) ?? '').split(/\s+/)
  .map(id => id && it.getRootNode().getElementById?.(id)).filter(Boolean);
const valueOf = it => {
  if (it.type === 'password') return '';
  const role = roleOf(it);
  if (it.localName === 'select') {
    return [...it.selectedOptions].map(one => one.textContent).join(' ');
  }
  if (role === 'textbox' || role === 'searchbox') return it.value ?? it.textContent;
  if (role === 'combobox') return it.value ?? it.textContent;
  if (role === 'slider' || role === 'spinbutton') {
    return it.getAttribute('aria-valuetext') ?? it.getAttribute('aria-valuenow') ?? it.value ?? '';
  }
  return null;
};
const ofMarkup = (it, state) => {
  const tag = it.localName, type = tag === 'input' ? it.type : '';
  if (type === 'button' || type === 'submit' || type === 'reset') {
    const standard = {submit: 'Submit', reset: 'Reset', button: ''}[type];
    return it.hasAttribute('value') ? it.value : standard;
  }
  if (type === 'image') return it.alt || it.getAttribute('value') || it.title || 'Submit';
  if (tag === 'img' || tag === 'area') return it.getAttribute('alt') ?? '';
  if (tag === 'svg') {
    const title = [...it.children].find(one => one.localName === 'title');
    return title ? title.textContent : '';
  }
  return '';
};
const ofLabels = (it, state) => it.labels?.length && it.type !== 'hidden'
  ? [...it.labels].map(label => textOf(label, {...state, direct: true, labelled: it})).join(' ')
  : '';

// The text that `it` adds to a name. `state.referred`: a reference led here, so that hidden
// elements count and no second reference is followed; `direct`: it is the element itself.
const textOf = (it, state) => {
  if (state.seen.has(it) || it === state.labelled) return '';
  const hidden = !rendered(it) || it.getAttribute('aria-hidden') === 'true';
  if (hidden && !state.referred) return '';
  if (['script', 'style', 'noscript', 'template'].includes(it.localName)) return '';
  state.seen.add(it);
  if (!state.referred) {
    const named = byIds(it, 'aria-labelledby').map(one =>
      fold(textOf(one, {...state, seen: new Set(), direct: true, referred: true})));
    if (named.some(Boolean)) return named.filter(Boolean).join(' ');
  }
  const inside = !state.direct || state.referred || state.labelled;
  const value = inside && !(state.direct && state.referred) ? valueOf(it) : null;
  if (value !== null) return value;
  const said = fold(it.getAttribute('aria-label') ?? '');
  if (said) return said;
  const labels = inside && !state.referred ? '' : fold(ofLabels(it, state));
  const native = labels || fold(ofMarkup(it, state));
  if (native) return native;
  if (inside || FROM_CONTENT.has(roleOf(it))) {
    const content = contentOf(it, state);
    if (fold(content)) return content;
  }
  return it.getAttribute('title') || (state.direct && it.getAttribute('placeholder')) || '';
};
const nameOf = it => fold(textOf(it, {seen: new Set(), direct: true}));
