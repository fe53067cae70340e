"""The voices: espeak-ng, piper, services on the network, silence."""
