"""Pictures of a pack: what is told, which rules it fires, and what comes of that, as SVG."""
