"""What runs in the child process; none of it imports the service, its database or the statistics."""
