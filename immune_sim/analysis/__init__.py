"""Tables in, tables out: what the runs of an experiment say, and how sure that is. Nothing here knows a model.

Every function takes the plain tables of a stored experiment (pandas), so it works as well on tables from elsewhere that
have the same columns: ``arm``, ``point``, ``replicate``, ``seed``, ``status`` and one column per endpoint.
"""
