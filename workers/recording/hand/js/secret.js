let at = document.activeElement;
while (at) {
  const inner = at.shadowRoot || at.contentDocument;
  if (!inner?.activeElement) break;
  at = inner.activeElement;
}
return at?.type === 'password';
