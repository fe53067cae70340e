"""Follow what a person does in a browser with a window: each action, as the page sees it."""
