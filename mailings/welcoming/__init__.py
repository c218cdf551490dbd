"""The welcome series of a scope: one mailing a step, whose audience grows by whoever joins.

`starting` drafts a step and switches it on, `growing` adds those whose day has come. Caps, consent
and the fence are those of every mailing; who leaves gets no further step.
"""
