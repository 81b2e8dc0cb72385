"""What is wrong with an installation, told before a resident or a wave finds it."""
