"""The gateway over HTTP, a module a kind of thing."""
