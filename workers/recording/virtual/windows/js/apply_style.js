(() => {
  const links = document.querySelectorAll('link[rel~="stylesheet"]');
  if (![...links].some(link => !link.sheet && !link.disabled)) document.body?.offsetWidth;
})()
