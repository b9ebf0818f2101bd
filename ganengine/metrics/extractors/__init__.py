"""What turns images into features."""
