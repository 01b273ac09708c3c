"""Answer a stream of requests one after another, and say how far the model drifts from one that is retrained."""
