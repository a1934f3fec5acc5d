"""First chapter: October 2023, published through the gateway, scored, warned of, explained and built anew."""
