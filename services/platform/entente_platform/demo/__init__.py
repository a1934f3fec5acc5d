"""The demonstration, in two chapters: a month as foreign systems would have reported it, and a year of a treaty's life."""
