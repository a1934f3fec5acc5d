"""Every event of the platform, one module a topic, each a fact in the past tense.

A field's unit and source stand in its description or in its model's docstring. Dates are calendar days in the place of the event;
moments carry an offset. Countries are ISO 3166-1 alpha-3 codes. Whole numbers stay exact in JSON: none exceeds 2^53 - 1.
"""
