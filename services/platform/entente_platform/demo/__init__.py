"""The demonstration in three chapters: a month as foreign systems would have told it, a year of a treaty's life, the front door."""
