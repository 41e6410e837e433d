"""Iron Guide's voice: an Alexa skill over rules_lib."""
