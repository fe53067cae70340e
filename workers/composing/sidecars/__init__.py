"""Images beside a video: poster, contact sheet, thumbnails."""
