"""Commands of Django that the product changes."""
