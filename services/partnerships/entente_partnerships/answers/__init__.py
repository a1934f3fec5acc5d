"""What the registry answers with, one module a kind of thing. `says` puts an answer into a sentence."""
