"""Pure rules of the ticket core: life cycle, follow-ups, previews."""
