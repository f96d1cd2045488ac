"""Pages of sign-in, profile, people and their administration."""
