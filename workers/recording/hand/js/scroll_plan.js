const [given] = arguments, it = given.closest('select') || given, found = [];
const above = n => n.assignedSlot || n.parentElement || n.getRootNode().host;
let foreign = false;
for (let w = window, n = it; ; w = w.parent) {
  for (n = above(n); n; n = above(n)) found.push(n);
  found.push(w.document.scrollingElement);
  if (w === w.parent) break;
  try { n = w.frameElement; } catch { n = null; }
  if (!n) { foreign = true; break; }
}
const at = n => [n.scrollLeft, n.scrollTop], before = found.map(at);
if (foreign) { it.scrollIntoView({block: 'center', behavior: 'smooth'}); return -1; }
it.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
const plan = found.map((n, i) => [n, before[i], at(n)])
  .filter(([n, from, to]) => from[0] !== to[0] || from[1] !== to[1]);
plan.forEach(([n, from]) => n.scrollTo({left: from[0], top: from[1], behavior: 'instant'}));
window[Symbol.for('forge.scroll')] = plan;
return Math.max(0, ...plan.map(([n, from, to]) => Math.hypot(to[0] - from[0], to[1] - from[1])));
