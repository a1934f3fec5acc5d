"""The log: its port, its two adapters, the relay that fills it and the generations that it goes through."""
