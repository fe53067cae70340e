"""What happens in one isolated process: a lane's worker speaks, records and composes."""
