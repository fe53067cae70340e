"""The engines: espeak-ng, piper, services on the network, and silence."""
