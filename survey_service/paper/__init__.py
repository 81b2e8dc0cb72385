"""Paper: serials, batches, printed forms, and reading them back."""
