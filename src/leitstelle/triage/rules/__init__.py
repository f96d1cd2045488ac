"""Pure rules of triage."""
