"""For tests of this service: observations in few words, and a line of stores to send them along."""
