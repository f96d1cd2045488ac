"""Pure rules of telephony: what a telephone system sent, whether it is genuine, and what follows for the call."""
