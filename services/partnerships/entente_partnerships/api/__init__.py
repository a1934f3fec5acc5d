"""The registry over HTTP, one module a kind of thing."""
