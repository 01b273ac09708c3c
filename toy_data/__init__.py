"""Seeded 2-D data sets, one file each; the file's name is the key. They know numpy and nothing else of the project.

A file declares:

    TITLE: str                          name on screen
    RANGES: dict[str, dict]             further options of `make`: {"default", "low", "high", "title", "help"} (a
                                        switch: no low and high); under "n", "noise" or "seed" what differs from the
                                        usual default
    make(n, noise, seed, **options)     -> x (n, 2) float32 in data units, y (n,) int64 from 0; deterministic in its
                                        arguments, independent for another n or seed

and, where it applies:

    classes(**options)                  -> int, number of classes (otherwise 2)
    NAMES: tuple[str, ...]              names of the classes
    anchors(**options)                  -> (classes, 2) float32, the place of each class from which *cluster* grows
    flipped(n, noise, seed, **options)  -> (n,) bool, the points of `make` whose label is wrong
    subclasses(n, noise, seed, **options)
                                        -> (n,) int64, sub-cluster of each point of `make` within its class, or None
    unplanted(n, noise, seed, **options)
                                        like `make`, without points at fixed places: for test and held-out points

`noise` is a standard deviation in data units; the same draws are scaled by it, so a slider moves the points smoothly.
"""
