"""Guides: question trees per symptom, in versions; runs of them belong to tickets."""
