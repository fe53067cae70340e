(() => {
  const {doctype, documentElement} = document;
  const head = doctype ? new XMLSerializer().serializeToString(doctype) : '';
  return (head + (documentElement?.outerHTML ?? '')).slice(0, LONGEST_PAGE);
})()
