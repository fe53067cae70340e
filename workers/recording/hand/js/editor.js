const above = n => n.assignedSlot || n.parentElement || n.getRootNode().host;
const climb = (from, is) => {
  for (let n = from; n; n = above(n)) if (is(n)) return n;
  return null;
};
const one = all => all.length === 1 ? all[0] : null;
const WRITTEN = ['text', 'search', 'email', 'tel', 'url', 'password', 'number'];
const SET = ['date', 'datetime-local', 'month', 'time', 'week', 'color', 'range'];
const isRich = n => n.isContentEditable && !above(n)?.isContentEditable;
const isPlain = n => /^(TEXTAREA|INPUT|SELECT)$/.test(n.tagName);
const CODE = '.CodeMirror, .cm-editor, .monaco-editor, .ace_editor';
const HOLDERS = CODE + ', textarea, input:not([type=hidden]), select, [contenteditable]';
const shows = n => n.getClientRects().length > 0 && n.checkVisibility();
const focused = () => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
};
const holderOf = given => {
  const own = climb(given, n => n.matches(CODE)) || climb(given, isRich) || climb(given, isPlain);
  if (own && !(isPlain(own) && !shows(own))) return own;
  const beside = given.nextElementSibling?.matches(CODE) ? given.nextElementSibling
    : own && one([...given.parentElement?.querySelectorAll(CODE) ?? []]);
  if (own || beside) return beside || own;
  const inner = [...given.querySelectorAll(CODE)];
  if (inner.length) return one(inner);
  const fields = [...given.querySelectorAll(HOLDERS)].filter(n => shows(n) && holderOf(n) === n);
  return given.control || one(fields);
};
const drawn = root => {
  const top = n => Math.round(n.getBoundingClientRect().top);
  const rows = [...root.querySelectorAll('.view-lines .view-line')].sort((a, b) => top(a) - top(b));
  const numbered = [...root.querySelectorAll('.margin .line-numbers')];
  const number = numbered.find(n => rows.length && top(n) === top(rows[0]))?.textContent;
  const key = Symbol.for('forge.lines'), before = (Number(number) || 1) - 1;
  const clean = text => text.replace(/\u00a0/g, ' ').replace(/[\u200b\ufeff]/g, '');
  root[key] = [...(root[key] ?? []).slice(0, before), ...rows.map(n => clean(n.textContent))];
  return {text: root[key].join('\n'), from: null, to: null};
};
const cm5 = root => {
  const cm = root.CodeMirror, at = which => cm.indexFromPos(cm.getCursor(which));
  return {text: cm.getValue('\n'), from: at('from'), to: at('to')};
};
const cm6 = root => {
  const content = root.querySelector('.cm-content');
  const view = content?.cmTile?.root?.view || content?.cmView?.rootView?.view || content?.cmView?.view;
  if (!view) return rich(content);
  const {from, to} = view.state.selection.main;
  return {text: view.state.doc.toString(), from, to};
};
const monacoText = root => {
  const editors = window.monaco?.editor?.getEditors?.() ?? [];
  const editor = editors.find(e => e.getDomNode() === root || e.getDomNode()?.contains(root));
  const model = editor?.getModel();
  if (!model) return drawn(root);
  const at = ({lineNumber, column}) => model.getValueInRange(
    {startLineNumber: 1, startColumn: 1, endLineNumber: lineNumber, endColumn: column}, 1).length;
  const chosen = editor.getSelection();
  return {text: model.getValue(1), from: at(chosen.getStartPosition()), to: at(chosen.getEndPosition())};
};
const ace = root => {
  const {editor} = root.env;
  const rows = editor.session.doc.getAllLines(), {start, end} = editor.getSelectionRange();
  const at = ({row, column}) => rows.slice(0, row).reduce((sum, line) => sum + line.length + 1, column);
  return {text: rows.join('\n'), from: at(start), to: at(end)};
};
const rich = host => {
  const root = host.getRootNode(), chosen = (root.getSelection ? root : document).getSelection();
  const ends = chosen?.rangeCount ? [[chosen.anchorNode, chosen.anchorOffset],
                                     [chosen.focusNode, chosen.focusOffset]] : [];
  const places = ends.map(() => null);
  let text = '', broken = false, fresh = true;
  const clean = data => data.replace(/\u00a0/g, ' ').replace(/[\u200b\ufeff]/g, '');
  const wrap = () => { text += '\n'; broken = false; fresh = true; };
  const note = (node, at, offset) => ends.forEach(([n, i], which) => {
    if (n === node && i === at) places[which] = offset;
  });
  const visit = node => {
    if (node.nodeType === Node.TEXT_NODE) {
      const data = clean(node.data);
      if (data && broken) wrap();
      ends.forEach(([n, i], which) => {
        if (n === node) places[which] = text.length + clean(node.data.slice(0, i)).length;
      });
      text += data;
      fresh = fresh && !data;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.tagName === 'BR') {
      let rest = node.nextSibling;
      while (rest && rest.nodeType === Node.TEXT_NODE && !rest.data) rest = rest.nextSibling;
      if (broken) wrap();
      if (rest) wrap();
      return;
    }
    const display = getComputedStyle(node).display;
    if (display === 'none' || node.classList.contains('ProseMirror-widget')) return;
    const block = node !== host && !/^(inline|contents|ruby)/.test(display);
    if (block && (broken || !fresh)) wrap();
    [...node.childNodes].forEach((inner, at) => { note(node, at, text.length); visit(inner); });
    note(node, node.childNodes.length, text.length);
    broken = broken || block;
  };
  visit(host);
  const ends_by_break = host.contentEditable === 'plaintext-only' && text.endsWith('\n');
  if (ends_by_break) text = text.slice(0, -1);
  const [from, to] = [...places].sort((a, b) => a - b);
  const known = ends.length === 2 && !places.includes(null);
  return {text, from: known ? from : null, to: known ? to : null};
};
const plain = it => ({text: it.value, from: it.selectionStart, to: it.selectionEnd});
const kindOf = it => it.matches('.CodeMirror') ? 'CodeMirror 5'
  : it.matches('.cm-editor') ? 'CodeMirror' : it.matches('.monaco-editor') ? 'Monaco'
  : it.matches('.ace_editor') ? 'ACE' : it.matches('.ProseMirror') ? 'ProseMirror'
  : it.isContentEditable ? 'rich text' : it.tagName === 'SELECT' ? 'list'
  : it.tagName === 'TEXTAREA' || WRITTEN.includes(it.type) ? 'field'
  : SET.includes(it.type) ? 'picker' : it.type === 'file' ? 'file' : 'other';
const READERS = {
  'CodeMirror 5': cm5, 'CodeMirror': cm6, 'Monaco': monacoText, 'ACE': ace, 'ProseMirror': rich,
  'rich text': rich, 'field': plain,
};
const read = it => (READERS[kindOf(it)] ?? (() => ({text: '', from: null, to: null})))(it);
