"""What every shape of the API stands on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """Base of all shapes: a field that is not named is neither taken nor sent."""

    model_config = ConfigDict(extra="forbid")
