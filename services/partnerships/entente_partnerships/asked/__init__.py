"""What is sent to the registry, one module a kind of thing."""
