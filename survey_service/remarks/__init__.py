"""What residents wrote in their own words: read, rid of what identifies, given a theme, chosen for sheets."""
