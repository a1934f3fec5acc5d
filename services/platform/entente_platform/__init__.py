"""All services in one process on an embedded log: the `entente` command."""
