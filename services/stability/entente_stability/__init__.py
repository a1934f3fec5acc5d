"""How stable each country and each pair of states is, and which events say so."""
