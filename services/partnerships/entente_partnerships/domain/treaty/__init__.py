"""The law of treaties as far as the registry needs it: from acts to who is bound, when, to what, and by which acts."""
