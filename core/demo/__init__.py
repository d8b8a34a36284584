"""Demo data: believable insurance-lead conversations, the same rows for the same size, seed and end."""
