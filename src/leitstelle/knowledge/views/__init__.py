"""Pages of guides for who keeps them."""
