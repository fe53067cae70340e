const [given] = arguments, it = holderOf(given);
if (!it) return {kind: 'none', tag: given.tagName.toLowerCase()};
window[Symbol.for('forge.editor')] = it;
const at = focused(), inside = !!at && climb(at, n => n === it) === it;
return {
  kind: kindOf(it), tag: it.tagName.toLowerCase(), inside, single: it.tagName === 'INPUT',
  secret: it.type === 'password',
};
