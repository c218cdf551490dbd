"""A big made-up organization to look around in and to load: `make demo`.

Its people live at the example domains that nobody can be reached at (RFC 2606).
"""
