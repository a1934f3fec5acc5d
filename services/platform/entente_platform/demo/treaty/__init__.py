"""Second chapter: what the depositary of a convention was told in 2025, and what the registry made of it."""
