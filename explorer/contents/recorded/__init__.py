"""What the page *CIFAR* shows of recorded runs, computed from their files."""
