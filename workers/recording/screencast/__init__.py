"""The recorder in real time: Chromium's screencast, on a clock that can be bent."""
