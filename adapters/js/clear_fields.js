// Empty every field of the page in which one of the given values stands.
(() => {
  const [values] = arguments;
  for (const field of document.querySelectorAll('input, textarea')) {
    const written = field.getAttribute('value') ?? '';
    if (values.some((value) => field.value.includes(value) || written.includes(value))) {
      field.value = '';
      field.removeAttribute('value');
    }
  }
})()
