"""What people choose: which choices are valid, what a withdrawal stops, receipts, and lists brought from elsewhere."""
