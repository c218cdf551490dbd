"""Bodies of campaigns and updates: a small, fixed vocabulary, stored as HTML.

`vocabulary` says what a body may contain, `sanitising` reads and cleans it, `footnotes` numbers its
sources, `rendering` shows it on a page, in a mail and in a feed. Nothing else touches the
vocabulary.
"""
