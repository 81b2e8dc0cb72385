"""Signing in through the city's own OpenID Connect provider, and whose identity there is whose account here."""
