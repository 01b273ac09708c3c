"""What the papers of JiT, TMU, CaMU and DUI say, and what we see: claims as data, judged by rule when they are read."""
