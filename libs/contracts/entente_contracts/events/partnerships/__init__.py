"""Who is bound to what, and what partners do together: one module a kind of stream, all in the topic `entente.partnerships`.

Each event says on which day a thing took effect (`on`), a calendar day without a time zone; when it was written down stands in its
envelope. A correction is an event of its own, so what was known on an earlier day stays answerable.
"""
