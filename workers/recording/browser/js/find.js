const [parts, passed, scope, visible, words] = arguments;
const searched = () => {
  const [{kind, names}] = parts;
  if (parts.length > 1 || !PLAIN[kind]) {
    return search(parts, scope ? {0: [scope]} : startsIn(document, passed), visible);
  }
  // A selector of Selenium's own stays in its document, as in Selenium.
  const all = [...PLAIN[kind](names[0], scope ?? document)];
  return {found: visible ? all.filter(isShown) : all, frames: []};
};
try {
  const {found, frames} = searched();
  return {
    found: words ? found.map(describe) : found,
    frames: frames.map(([frame, before]) => [frame, before, labelOf(frame)]),
  };
} catch (problem) {
  if (!['SyntaxError', 'NamespaceError'].includes(problem.name)) throw problem;
  return {wrong: problem.message};
}
