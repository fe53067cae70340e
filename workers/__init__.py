"""One isolated process a lane: its worker speaks, records and composes."""
