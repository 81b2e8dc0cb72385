"""What a report says, in which order: ``community``, ``area`` (street and city), ``estimates`` (any data file)."""

from reports.story.area import area_story
from reports.story.community import community_story
from reports.story.estimates import domain_story, estimates_story

__all__ = ["area_story", "community_story", "domain_story", "estimates_story"]
