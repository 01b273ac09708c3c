"""What attacks say of one model, of many models, and of each point."""
