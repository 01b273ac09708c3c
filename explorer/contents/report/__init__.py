"""The report *What we did about a request to delete*: one page for a privacy lead, from the picture at hand.

`parts.py` says what it holds, `answers.py` gives the three answers with their rules, `points.py` and `images.py`
measure, `page.py` and `markdown.py` write. `made.py` puts these together.
"""
