"""The event store: what was decided, in order, with its reasons."""
