"""How well a pack does on vignettes: a simulated patient, metrics, baselines and reports."""
