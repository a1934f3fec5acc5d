"""From a request's bytes to receipts: taken apart, examined, judged, kept."""
