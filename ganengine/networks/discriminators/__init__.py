"""Discriminators: images [N, channels, resolution, resolution] in [-1, 1] → logits [N]."""
