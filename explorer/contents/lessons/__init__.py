"""What a step of a lesson shows, computed: its panels, the truth of its guess, and both in the picture and in words."""
