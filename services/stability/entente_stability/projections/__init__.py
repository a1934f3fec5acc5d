"""What this service knows, one file a question."""
