"""The demo: Lumen Events, a small event planning app of our own, and its adapter."""

from forge.adapters.demo.app import DemoApp, DemoState

__all__ = ["DemoApp", "DemoState"]
