const POPUPS = '.CodeMirror-hints, .cm-tooltip-autocomplete, .suggest-widget.visible, .ace_autocomplete';
const kept = window[Symbol.for('forge.editor')], at = focused();
const it = kept?.isConnected ? kept : at && holderOf(at);
if (!it) return {inside: false, popup: false, text: '', before: null, chosen: '', after: null};
window[Symbol.for('forge.editor')] = it;
const inside = !!at && climb(at, n => n === it) === it;
const roots = [document, it.getRootNode()];
const popup = roots.some(root => [...root.querySelectorAll(POPUPS)].some(n => n.checkVisibility()));
const {text, from, to} = read(it), known = from !== null;
return {
  inside, popup, text, before: known ? text.slice(0, from) : null,
  chosen: known ? text.slice(from, to) : '', after: known ? text.slice(to) : null,
};
