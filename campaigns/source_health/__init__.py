"""Whether the sources of a text still stand, asked of the web with care (T14).

`addresses` says what may be asked at all, `fetching` asks within bounds, `judging` says what an
answer means, `archives` looks for an archived copy, `examining` works off the sources that are due.
"""
