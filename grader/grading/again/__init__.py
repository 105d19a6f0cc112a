"""Grades looked at again: replayed, regraded, settled by a person, rehearsed, audited."""
