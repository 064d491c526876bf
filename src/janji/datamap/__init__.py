"""Where personal data lie: the live catalogue of each system, what people say it means, and how its rows lead to a person."""
