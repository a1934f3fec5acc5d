"""Questions to the registry's own rows, one module a question; each is answered as of any day, by what was known on any day."""
