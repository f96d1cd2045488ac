"""Pure rules of intake: understanding what came in, on plain values only."""
