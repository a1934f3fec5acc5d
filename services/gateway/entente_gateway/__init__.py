"""The front door for other governments' systems: what comes in is verified, judged, and admitted or kept apart."""
