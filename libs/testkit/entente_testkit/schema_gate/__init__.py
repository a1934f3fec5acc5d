"""The schema gate: an event version that was published never changes in a way that some reader or some stored event would feel.

`compare` judges one schema against its successor; `python -m entente_testkit.schema_gate` judges all of them against the last commits.
"""

from entente_testkit.schema_gate.compare import Break as Break
from entente_testkit.schema_gate.compare import compare as compare
