"""Reading and checking the YAML that people write; what runs reads generated JSON instead."""
