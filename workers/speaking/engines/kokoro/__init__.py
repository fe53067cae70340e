"""Kokoro: Japanese and Chinese, spoken on this machine by one neural network."""
