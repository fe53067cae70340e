"""Images beside a video: poster, contact sheet; small screenshots for the page."""
