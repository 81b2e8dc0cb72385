"""The JSON API: what programs and devices read, and the answers that devices hand in (docs/api.md)."""
