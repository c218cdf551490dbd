"""Whether a list is alive: who still acts, who is asked to stay, how fast a new sender may grow.

What counts is what people do themselves: sign, confirm, choose, answer. Opening a mail or a link
counts for nothing, for machines do both.
"""
