"""Input of the pages of sign-in, profile and administration."""
