"""What tests of this and of other parts need to speak of partnerships."""
