"""Numbers from arrays: accuracy, agreement, divergences, geometry; numpy in, numbers out, no model in sight."""
