"""`adapter doctor`'s mind: facts about an instance and whoever runs it in, findings with their remedies out. Pure."""
