"""Proofs of what a pack says in every state of every patient: `python -m rules_lib prove`."""
