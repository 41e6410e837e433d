"""The hazard log: what can go wrong, what keeps it from doing harm, and what shows that."""
