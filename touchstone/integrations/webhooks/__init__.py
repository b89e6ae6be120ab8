"""Tells other systems of events: signed requests to addresses that are checked first."""
