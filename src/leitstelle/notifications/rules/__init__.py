"""Pure rules of notifications: who is told once and why, when a mail may leave, whom a note mentions."""
