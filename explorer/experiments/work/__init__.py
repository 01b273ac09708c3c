"""Who does the work: processes of this machine or a cluster, and the tasks they are given."""
