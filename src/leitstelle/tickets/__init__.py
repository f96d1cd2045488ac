"""Cases: life cycle, messages, handovers, links."""
