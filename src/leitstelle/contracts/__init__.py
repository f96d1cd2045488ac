"""What was bought: vendors and the contracts that underpin what the house promises itself."""
