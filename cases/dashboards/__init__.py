"""How the work goes: what is counted (`selectors`), how it is shown (`shaping`), for which days."""
