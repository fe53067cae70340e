"""Files on disk: atomic writes, locks, fingerprints, the ledger."""
