// What a page has that may be meant by a locator which matches nothing in it: the matches of a
// selector (`part`) elsewhere, or the controls or texts that are most like `wanted`.
const MOST = 30, LONGEST_TEXT = 200;
const [part, wanted, texts] = arguments;
const roots = rootsOf(document);
const all = selector => roots.flatMap(root => [...root.querySelectorAll(selector)]);
const pairsOf = text => new Set(Array.from(text, (sign, at) => sign + (text[at + 1] ?? '')));
const wantedPairs = pairsOf(lower(wanted)), wantedWords = lower(wanted).split(' ');
// How alike a name and the wanted one are: 1 where one has all words of the other.
const likeness = name => {
  const own = lower(name).slice(0, LONGEST_TEXT), pairs = pairsOf(own), words = own.split(' ');
  if (!own) return 0;
  const [few, many] = words.length < wantedWords.length ? [words, wantedWords] : [wantedWords, words];
  if (few.every(word => many.includes(word))) return 1;
  const shared = [...pairs].filter(pair => wantedPairs.has(pair)).length;
  return 2 * shared / (pairs.size + wantedPairs.size);
};
const named = () => {
  if (texts) {
    return all('body *').filter(it => !it.matches(QUIET)
      && [...it.childNodes].some(node => node.nodeType === 3 && fold(node.data)))
      .map(it => [it, fold(it.innerText || it.textContent)]);
  }
  const kinds = Object.keys(KINDS);
  return all(kinds.map(kind => markupOf(kind, 1)).join())
    .filter(it => kinds.some(kind => isKind(it, kind, 1))).map(it => [it, nameOrText(it)]);
};
const near = () => {
  if (!part) {
    return named().map(([it, name]) => [likeness(name), it, name])
      .sort((one, other) => other[0] - one[0]).slice(0, MOST)
      .map(([, it, name]) => ({...describe(it), name: short(name)}));
  }
  try {
    return roots.flatMap(root => [...PLAIN[part.kind](part.names[0], root)]).slice(0, MOST)
      .map(describe);
  } catch { return []; }  // the selector is wrong, which is an error of its own
};
const words = attribute => [...new Set(all(`[${attribute}]`).map(it => it.getAttribute(attribute)))];
return {
  found: near(),
  words: part ? {id: words('id'), name: words('name'),
    class: [...new Set(all('[class]').flatMap(it => [...it.classList]))]} : {},
  frames: all('iframe,frame').map(frame => [frame, labelOf(frame)]),
};
