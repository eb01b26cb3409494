"""How news of cases reaches people: whom, when, in which words, and over which wire."""
