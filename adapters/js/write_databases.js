// Make the databases (IndexedDB) again that read_databases.js has returned.
((databases) => {
  const LONGEST_MS = 3000;
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => reject(request.error ?? new Error('in use'));
    });
  const unpacked = ([kind, value, more]) => {
    switch (kind) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(value);
      case 'date':
        return new Date(value);
      case 'bytes': {
        const {buffer} = new Uint8Array(more);
        return value === 'ArrayBuffer' ? buffer : new window[value](buffer);
      }
      case 'array':
        return value.map(unpacked);
      case 'object':
        return Object.fromEntries(value.map(([key, inner]) => [key, unpacked(inner)]));
    }
    return value;
  };
  const write = async ({name, version, stores}) => {
    try {
      await done(indexedDB.deleteDatabase(name));
      const request = indexedDB.open(name, version);
      request.onupgradeneeded = () => {
        for (const one of stores) {
          const store = request.result.createObjectStore(one.name, one.options);
          for (const index of one.indexes) {
            store.createIndex(index.name, index.keyPath, index.options);
          }
          for (const [key, value] of one.entries) {
            const outside = one.options.keyPath === null ? [unpacked(key)] : [];
            store.put(unpacked(value), ...outside);
          }
        }
      };
      (await done(request)).close();
    } catch {
      // the page uses it, or may not: then it shows the form, and is signed in to again
    }
  };
  const late = new Promise((resolve) => setTimeout(resolve, LONGEST_MS));
  return Promise.race([Promise.all(databases.map(write)), late]).then(() => null);
})(arguments[0])
