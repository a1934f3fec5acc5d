"""Agreements and bodies as others record them, read into what the registry takes over: line by line, with why a line was left."""
