"""Scripts that show the service at work."""
