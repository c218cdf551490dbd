"""Trials of several texts of one mailing: on a part of the audience first, then the winner.

`drawing` sets the part apart when the audience is frozen, `figures` counts what came of each text,
`deciding` chooses the winner, or stops a mailing that drives people away.
"""
