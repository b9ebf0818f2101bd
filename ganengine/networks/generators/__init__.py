"""Generators: latent vectors [N, latent_dim] → images [N, channels, resolution, resolution] in [-1, 1]."""
