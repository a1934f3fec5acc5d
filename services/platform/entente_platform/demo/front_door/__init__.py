"""Third chapter: a refusal mended and released, a key rotated under way, a poisoned event parked and redriven, a trace as a tree."""
