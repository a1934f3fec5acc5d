"""A store that is behind its log: its own missing events are imported from there, or declared void."""
