"""Looking closely at single images: what D thinks of them, what they resemble, and what lies around their latents."""
