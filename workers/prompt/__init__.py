"""`forge open`: a prompt in the browser of a tutorial that was played to a step."""
