"""Files on the disk: their places, atomic writes, locks, fingerprints, the ledger."""
