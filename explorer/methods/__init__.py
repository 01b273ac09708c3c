"""One file per unlearning method; the file's name is the method's key."""
