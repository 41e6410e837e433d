"""The commands of the workbench that are no workshop of their own: `python -m rules_lib`."""
