"""The browser: find it, start it, and observe its windows over DevTools."""
