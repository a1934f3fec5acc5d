"""What the gateway knows of its own decisions, a question a file."""
