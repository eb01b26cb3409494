"""Screening of names against watchlists: reading lists, finding candidates, explaining matches.

Knows no database: what is searched where is the services' business.
"""
