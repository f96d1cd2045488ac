"""The public door of webhooks, and their administration."""
