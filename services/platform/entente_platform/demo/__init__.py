"""The demonstration: October 2023, played through the whole platform as foreign systems would have reported it."""
