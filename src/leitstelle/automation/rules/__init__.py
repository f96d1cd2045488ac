"""Pure rules of webhooks: reading JSON, filling templates, proof of the sender."""
