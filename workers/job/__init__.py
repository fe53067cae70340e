"""One job in one worker process: speak, record, compose."""
