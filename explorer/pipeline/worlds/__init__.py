"""All in which runs on points and runs on images differ."""
