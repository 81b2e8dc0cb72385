"""What a manager does before the field: surveys, questionnaire versions, waves, samples, posters and letters."""
