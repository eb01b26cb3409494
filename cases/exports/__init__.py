"""Cases and labels as files for other programs: references, codes and numbers, no personal data."""
