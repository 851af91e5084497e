"""Readers that turn others' work into interactions, and the one that writes them."""
