"""Weakenings of a pack; a case or a proof must notice each: `python -m rules_lib mutate`."""
