"""The processes that work beside the server: started, watched, and ended with it."""
