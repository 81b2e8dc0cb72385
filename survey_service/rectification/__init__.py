"""What is put right after a release (整改清单): rows of published figures, worked, checked by another, rechecked."""
