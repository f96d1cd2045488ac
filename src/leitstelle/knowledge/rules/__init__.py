"""What guides are, how their text is read, and where a run of one stands."""
