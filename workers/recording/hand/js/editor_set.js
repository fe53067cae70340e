const [given, value] = arguments, it = holderOf(given);
if (it.tagName === 'SELECT') {
  const fits = how => [...it.options].find(option => how(option) === value);
  return fits(o => o.label.trim()) || fits(o => o.value) || null;
}
Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(it, value);
for (const type of ['input', 'change']) it.dispatchEvent(new Event(type, {bubbles: true}));
return it.value === value;
