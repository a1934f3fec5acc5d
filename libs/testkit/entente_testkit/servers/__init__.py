"""Real servers for tests, each in a temporary folder, on loopback, gone at the end."""
